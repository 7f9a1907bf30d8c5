"""What holds after a broken line: the quantity on its left has the value that it gives, and what depends on it follows.

So one slip is one slip: the lines after it are judged "right from there".
"""
import numpy as np

MOST_ROUNDS = 60


class Carried:
    """Values that broken lines have given.

    replaced   ("value", array), ("partial", of, by) or ("cost", of, by) → an array
    """

    def __init__(self, site, replaced):
        self.site, self.replaced, self._found = site, dict(replaced), {}

    def cost_derivative(self, of, by):
        """∂of/∂by of a cost: from the last equation to the first, with what broken lines have given where they have."""
        if not any(key[0] in ("cost", "partial") for key in self.replaced):
            return self.site.total(of, by)
        if of not in self._found:
            self._found[of] = self._passed_back(of)
        return self._found[of][by]

    def _passed_back(self, of):
        """∂of/∂q for every q."""
        if of == "C" and "losses" in self.site.arrays and any(key[:2] == ("cost", "losses") for key in self.replaced):
            return self._of_batch()
        shape = self.site.arrays[of].shape
        found = {name: np.zeros((*shape, *self.site.arrays[name].shape)) for name in self.site.movable}
        found[of] = self.site.total(of, of)
        order = [name for name in reversed(self._order) if name != of]
        for _ in range(MOST_ROUNDS):
            before = {name: found[name] for name in order}
            for name in order:
                found[name] = self._through_users(of, name, found)
            if all(np.array_equal(before[name], found[name]) for name in order):
                break
        return found

    @property
    def _order(self):
        computed = [name for name in self.site.equations if name in self.site.movable]
        return [*(name for name in self.site.movable if name not in computed), *computed]

    def _through_users(self, of, name, found):
        if ("cost", of, name) in self.replaced:
            return self.replaced["cost", of, name]
        total = np.zeros(found[name].shape)
        for user in self.site.equations:
            if user in found and name in self.site.uses[user]:
                local = self.replaced.get(("partial", user, name))
                local = self.site.local(user, name) if local is None else local
                total = total + np.tensordot(found[user], local, axes=self.site.arrays[user].ndim)
        return total

    def _of_batch(self):
        """∂C/∂q from the samples' own."""
        of_samples = self._passed_back("losses")
        share = self.site.local("C", "losses")
        return {name: np.tensordot(share, value, axes=1) + (self.site.local("C", name) if name != "losses" else 0)
                for name, value in of_samples.items()} | {"C": self.site.total("C", "C")}
