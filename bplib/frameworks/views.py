"""Reshaping, slicing and joining: most change nothing but how an array is read."""
from dataclasses import replace

from .ranges import Range, Unequal, atoms_of, size_of
from .table import reads, refuse
from .writer import Tensor, counted, plus, shown

# other dimensions, the same array


def viewed(x, dims):
    return replace(x, dims=tuple(map(tuple, dims)))


@reads("view", "reshape", "_unsafe_view")
def reshape(w, self, size=None, shape=None, **_):
    wanted = list(size if shape is None else shape)
    total = size_of(atoms_of([axis for dim in self.dims for axis in dim]))
    if -1 in wanted:
        known = 1
        for n in wanted:
            known *= n if n != -1 else 1
        wanted[wanted.index(-1)] = total // known
    atoms = list(atoms_of([axis for dim in self.dims for axis in dim]))
    found, x = [], self
    for own, sizes in _blocks(atoms, wanted):
        try:
            found += regrouped(own, sizes)
        except Unequal:
            x, dims = counted_anew(w, x, own, sizes)
            found += dims
    return viewed(x, found)


def _blocks(atoms, wanted):
    """(axes, sizes) with equal products, as few as there can be of each."""
    own, sizes, left, n = [], [], 1, 1
    atoms, wanted = list(atoms), list(wanted)
    while atoms or wanted:
        if left <= n and atoms and (left < n or not own or not wanted and atoms[0].range.root.size == 1):
            own.append(atoms.pop(0))
            left *= own[-1].range.root.size
        elif wanted:
            sizes.append(wanted.pop(0))
            n *= sizes[-1]
        else:
            own.append(atoms.pop(0))
            left *= own[-1].range.root.size
        if left == n and (sizes or not wanted) and (own or not atoms):
            yield own, sizes
            own, sizes, left, n = [], [], 1, 1
    if own or sizes:
        yield own, sizes


def regrouped(axes, wanted):
    """Axes in groups of the sizes wanted; a range that is too long for a group is taken apart."""
    left, found = list(axes), []
    for n in wanted:
        group, room = [], n
        while room > 1 or n == 1 and not group and left and left[0].range.root.size == 1:
            size = left[0].range.root.size
            if size <= room and room % size == 0:
                group.append(left.pop(0))
                room //= size
            elif room > 1 and size % room == 0:
                left[0].range.split(room)
                left[:1] = left[0].atoms()
            else:
                raise Unequal(f"An axis of {size} entries does not go into {room}.")
        found.append(group)
    if found:
        found[-1] += left  # axes of one entry
    return found


def counted_anew(w, x, axes, sizes):
    """The array with one axis in place of several, and new axes of these sizes that count along it."""
    axes = atoms_of(axes)
    rest = [axis for dim in x.dims for axis in atoms_of(dim) if axis not in axes]
    for axis in axes:
        axis.range.root.number = axis.range.root.fixed = True
    flat = w.merged(viewed(x, [*((axis,) for axis in rest), axes]), len(rest))
    new = [w.axis(Range(n, "j", number=True, fixed=True)) for n in sizes]
    read = w.emit("y", [(axis,) for axis in (*rest, *new)], flat.at(*((axis,) for axis in rest), counted(new)))
    return read, [(axis,) for axis in new]


@reads("flatten")
def flatten(w, self, start_dim=0, end_dim=-1, **_):
    n = len(self.dims)
    start, end = start_dim % n, end_dim % n
    middle = [axis for dim in self.dims[start:end + 1] for axis in dim]
    return viewed(self, [*self.dims[:start], middle, *self.dims[end + 1:]])


@reads("unflatten")
def unflatten(w, self, dim, sizes, **_):
    at = dim % len(self.dims)
    sizes = list(sizes)
    if -1 in sizes:
        known = -1
        for n in sizes:
            known *= n
        sizes[sizes.index(-1)] = size_of(self.dims[at]) // known
    return reshape(w, self, [*map(size_of, self.dims[:at]), *sizes, *map(size_of, self.dims[at + 1:])])


@reads("transpose", "swapaxes")
def transpose(w, self, dim0=None, dim1=None, axis0=None, axis1=None, **_):
    dims = list(self.dims)
    first, second = (dim0 if axis0 is None else axis0), (dim1 if axis1 is None else axis1)
    dims[first], dims[second] = dims[second], dims[first]
    return viewed(self, dims)


@reads("t", "numpy_T", "mT")
def turned(w, self, **_):
    return viewed(self, [*self.dims[:-2], *self.dims[:-3:-1]])


@reads("permute")
def permute(w, self, dims, **_):
    return viewed(self, [self.dims[at] for at in dims])


@reads("movedim")
def movedim(w, self, source, destination, **_):
    n = len(self.dims)
    source, destination = ([at] if isinstance(at, int) else list(at) for at in (source, destination))
    rest = [at for at in range(n) if at not in [one % n for one in source]]
    for to, of in sorted((to % n, of % n) for of, to in zip(source, destination)):
        rest.insert(to, of)
    return permute(w, self, rest)


@reads("unsqueeze")
def unsqueeze(w, self, dim, **_):
    at = dim % (len(self.dims) + 1)
    return viewed(self, [*self.dims[:at], (), *self.dims[at:]])


@reads("squeeze")
def squeeze(w, self, dim=None, **_):
    n = len(self.dims)
    which = range(n) if dim is None else [at % n for at in ([dim] if isinstance(dim, int) else dim)]
    gone = [at for at in which if size_of(self.dims[at]) == 1]
    kept = [dim for at, dim in enumerate(self.dims) if at not in gone]
    return viewed(one_entry(self, [axis for at in gone for axis in atoms_of(self.dims[at])]), kept)


def places_of(x):
    """The places of a tensor, one for each axis that its axes are made of."""
    return [(text, atom) for text, axis in x.places for atom in (axis.atoms() if axis else (None,))]


def one_entry(x, axes):
    """The tensor read at the one entry that axes have."""
    return replace(x, places=tuple((text.format(0), None) if axis in axes else (text, axis) for text, axis in places_of(x)))


@reads("expand", "expand_as", "broadcast_to")
def expand(w, self, size=None, other=None, **_):
    """Repeated along dimensions of one entry: an axis that the array does not have."""
    size = other.shape if other is not None else list(size)
    dims = [(), ] * (len(size) - len(self.dims)) + list(self.dims)
    like = other.dims if other is not None else [None] * len(size)
    found = []
    for dim, n, model in zip(dims, size, like):
        grows = size_of(dim) == 1 and n not in (1, -1)
        found.append((w.like([model])[0] if model else (w.axis(Range(n)),)) if grows else dim)
    gone = [axis for dim, new in zip(dims, found) if dim is not new for axis in atoms_of(dim)]
    return viewed(one_entry(self, gone), found)


@reads("repeat")
def repeat(w, self, repeats, **_):
    dims = [(), ] * (len(repeats) - len(self.dims)) + list(self.dims)
    return viewed(self, [(*((w.axis(Range(n)),) if n > 1 else ()), *dim) for dim, n in zip(dims, repeats)])


# one entry, or some, of a dimension

@reads("select")
def select(w, self, dim, index, **_):
    at = dim % len(self.dims)
    x = self if not self.dims[at] else w.single(self, at)
    rest = [*x.dims[:at], *x.dims[at + 1:]]
    if not x.dims[at]:
        return viewed(x, rest)
    axis, = atoms_of(x.dims[at])
    root = axis.range.root
    if index not in (0, -1):
        root.number = True
    place = f"#{axis}-1" if index == -1 else str(index % root.size)
    return viewed(placed(x, axis, place, None), rest)


FIRST = "{} - #"
"""How the index begins that reads the first part of an axis: it is the letter itself, written as a computed index."""


def placed(x, axis, text, new):
    """The tensor read at another place along one of its axes: a text, with {} for the axis that is there instead."""
    def read(old):
        old = "{}" if old.startswith(FIRST) else old
        return old.replace("{}", text if old == "{}" or text == "{}" else f"({text})")

    found = [(read(old), new) if own is axis else (old, own) for old, own in places_of(x)]
    return replace(x, places=tuple(found))


@reads("slice", "narrow")
def slice_(w, self, dim=0, start=None, end=None, step=1, length=None, **_):
    at = dim % len(self.dims)
    n = size_of(self.dims[at])
    end = start + length if length is not None else end
    start, end, step = slice(start, end, step).indices(n)
    if (start, end, step) == (0, n, 1):
        return self
    size = len(range(start, end, step))
    if step == 1 and start % size == 0 and n % size == 0:
        try:
            return select(w, unflatten(w, self, at, [n // size, size]), at, start // size)
        except Unequal:
            pass
    first, *inner = atoms_of(self.dims[at])
    each = size_of(inner)
    if step == 1 and inner and start % each == 0 and end % each == 0:
        outer = viewed(self, [*self.dims[:at], (first,), tuple(inner), *self.dims[at + 1:]])
        return flatten(w, slice_(w, outer, at, start // each, end // each), at, at + 1)
    x = w.single(self, at)
    axis, = atoms_of(x.dims[at])
    new, count = part_of(w, axis, start, end, step, n, size)
    dims = list(x.dims)
    dims[at] = (new,)
    text = f"{FIRST}{new} + {count}" if (start, step) == (0, 1) else (f"{step}*{{}}" if step != 1 else "{}") + plus(start)
    return viewed(placed(x, axis, text, new), dims)


def part_of(w, axis, start, end, step, n, size):
    """(the axis of a slice, its size as text): counted from the end where it ends there or one before it.

    The size of a first part has a name: a letter alone has to fit the axis, so its index is written as computed.
    """
    kind, named = axis.range.root.kind, (start, step) == (0, 1)
    if step == 1 and n - end <= 1 and not axis.range.root.number and (start, end) != (0, n):
        less = plus(end - n - start)
        return w.axis(Range(size, kind, (f"{{}}{less}", (axis.range,)), named=named)), f"#{axis}{less}"
    axis.range.root.number = True
    formula = (str(size), ()) if named else None
    return w.axis(Range(size, kind, formula, number=True, fixed=True, named=named)), str(size)


@reads("chunk")
def chunk(w, self, chunks, dim=0, **_):
    return pieces(w, self, chunks, dim)


@reads("split", "split_with_sizes", "unsafe_split")
def split(w, self, split_size=None, dim=0, split_sizes=None, **_):
    sizes = split_sizes if split_sizes is not None else split_size
    n = size_of(self.dims[dim])
    if isinstance(sizes, int):
        if n % sizes == 0:
            return pieces(w, self, n // sizes, dim)
        sizes = [min(sizes, n - start) for start in range(0, n, sizes)]
    if len(set(sizes)) == 1:
        return pieces(w, self, len(sizes), dim)
    ends = [sum(sizes[:k + 1]) for k in range(len(sizes))]
    return [slice_(w, self, dim, end - size, end) for end, size in zip(ends, sizes)]


def pieces(w, x, count, dim):
    """A dimension in equal pieces: its range taken apart, each piece at a number of the first part."""
    at = dim % len(x.dims)
    n = size_of(x.dims[at])
    if n % count:
        step = -(-n // count)
        return [slice_(w, x, at, start, min(start + step, n)) for start in range(0, n, step)]
    apart = unflatten(w, x, at, [count, n // count])
    return [select(w, apart, at, place) for place in range(count)]


@reads("unbind")
def unbind(w, self, dim=0, **_):
    return [select(w, self, dim, place) for place in range(size_of(self.dims[dim]))]


@reads("flip")
def flip(w, self, dims, **_):
    x = self
    for dim in dims:
        at = dim % len(x.dims)
        x = w.single(x, at)
        axis, = atoms_of(x.dims[at])
        new = w.axis(axis.range)
        found = list(x.dims)
        found[at] = (new,)
        x = viewed(placed(x, axis, f"#{axis}-1-{{}}", new), found)
    return x


@reads("sort", "topk", "median", "kthvalue", "argsort")
def ordered(w, **_):
    refuse("What is picked by its order", "Write it with max, min, or sums.")


@reads("constant_pad_nd", "pad")
def pad(w, self, pad, mode="constant", value=0, **_):
    x = self
    for place, (before, after) in enumerate(zip(pad[::2], pad[1::2])):
        at = len(x.dims) - 1 - place
        if min(before, after) < 0:
            n = size_of(x.dims[at])
            x = slice_(w, x, at, max(-before, 0), n - max(-after, 0))
            before, after = max(before, 0), max(after, 0)
        if (before, after) == (0, 0):
            continue
        if mode == "constant" and value in (0, None):
            x = padded(w, x, at, before, after)
        else:
            first, last = AROUND[mode](w, x, at, before, after, value)
            x = cat(w, [*([first] if before else []), x, *([last] if after else [])], at)
    return x


def _constant(w, x, at, before, after, value):
    return tuple(Tensor(shown(value), (), tuple(((w.axis(Range(n)),) if n > 1 else ()) if place == at else dim
                                                for place, dim in enumerate(w.like(x.dims)))) for n in (before, after))


def _part(w, x, at, start, count):
    return slice_(w, x, at, start, start + count) if count else None


def _circular(w, x, at, before, after, _):
    return _part(w, x, at, size_of(x.dims[at]) - before, before), _part(w, x, at, 0, after)


def _replicate(w, x, at, before, after, _):
    ends = (_part(w, x, at, place, 1) for place in (0, size_of(x.dims[at]) - 1))
    return tuple(expand(w, one, [n if place == at else -1 for place in range(len(x.dims))])
                 for one, n in zip(ends, (before, after)))


def _reflect(w, x, at, before, after, _):
    ends = _part(w, x, at, 1, before), _part(w, x, at, size_of(x.dims[at]) - 1 - after, after)
    return tuple(one and flip(w, one, [at]) for one in ends)


AROUND = {"constant": _constant, "circular": _circular, "replicate": _replicate, "reflect": _reflect}
"""How an array goes on at its ends → what stands before its entries, and after them."""


def padded(w, x, at, before, after):
    """Zeros around: what lies outside an array is 0."""
    x = w.single(x, at)
    axis, = atoms_of(x.dims[at])
    root = axis.range.root
    longer = w.axis(Range(root.size + before + after, root.kind, (f"{{}}{plus(before + after)}", (root,)), named=True))
    dims = [*w.like(x.dims)]
    dims[at] = (longer,)
    return w.emit("y", dims, _put(w, x, at, dims, str(before), f"#{axis}{plus(before + after)}"))


def _put(w, x, at, dims, before, total):
    """An entry of a longer array: that of x where it has one, 0 elsewhere, which is what an index outside gives.

    before   how many entries come before those of x;  total   how many there are
    """
    if not w.is_whole(x, at):  # an index outside of what is read may be inside the array
        own = w.like(x.dims)
        x = w.emit("y", own, x.at(*own))
    whole, = dims[at]
    place = f"{whole} - {before}" if before != "0" else f"{whole} - #{whole} + {total}"  # a letter alone has to fit the axis
    return x.at(*(place if k == at else dim for k, dim in enumerate(dims)))


# joining

@reads("cat", "concatenate", "concat")
def cat(w, tensors, dim=0, **_):
    """Each array at its place: y[m] = a[m] + b[m − n], where an index outside an array gives 0."""
    tensors = [x for x in tensors if 0 not in x.shape]
    at = dim % len(tensors[0].dims)
    if len(tensors) == 1:
        return tensors[0]
    if len({x.shape[at] for x in tensors}) == 1 and tensors[0].shape[at] > 1:
        return _stacked(w, tensors, at)
    tensors = [w.single(x, at) if x.dims[at] else x for x in tensors]
    others = [viewed(x, [dim if place != at else () for place, dim in enumerate(x.dims)]) for x in tensors]
    dims = w.together(*others)
    sizes = [f"#{x.dims[at][0]}" if x.dims[at] else "1" for x in tensors]
    given = tuple(x.dims[at][0].range for x in tensors if x.dims[at])
    ones = sum(not x.dims[at] for x in tensors)
    text = "+".join(["{}"] * len(given) + ["1"] * ones)
    total = Range(sum(x.shape[at] for x in tensors), given[0].root.kind if given else "j", (text, given), named=True)
    whole = w.axis(total)
    dims = (*dims[:at], (whole,), *dims[at + 1:])
    terms = []
    for place, x in enumerate(tensors):
        before = sizes[:place]
        if x.dims[at] and x.places:
            terms.append(_put(w, x, at, dims, f"({' + '.join(before)})" if before else "0", " + ".join(sizes)))
            continue
        own = w.axis(x.dims[at][0].range) if x.dims[at] else None
        spot = " + ".join([*([str(own)] if own else []), *before]) or "0"
        term = f"[{whole} == {spot}] * {x.at(*(((own,) if own else ()) if k == at else dim for k, dim in enumerate(dims)))}"
        terms.append(f"sum({term}, {own})" if own else term)
    return w.emit("y", dims, " + ".join(terms))


def _stacked(w, tensors, at):
    """Arrays of one size joined: an axis says which."""
    return flatten(w, stack(w, tensors, at), at, at + 1)


@reads("stack")
def stack(w, tensors, dim=0, **_):
    at = dim % (len(tensors[0].dims) + 1)
    dims = w.together(*tensors)
    which = w.axis(Range(len(tensors), "h", number=True, fixed=True))
    text = " + ".join(f"[{which} == {place}] * {w.here(x, dims)}" for place, x in enumerate(tensors))
    return w.emit("y", (*dims[:at], (which,), *dims[at:]), text)
