"""Two derivations side by side: lines that say the same about the same stand in one row."""
from functools import lru_cache


def aligned(hers, machines, alike):
    """Pairs (one of hers or None, one of the machine's or None), both in their own order, as many alike as there can be.

    alike   (one of hers, one of the machine's) → how much they have in common, 0 for nothing
    """
    @lru_cache(maxsize=None)
    def best(n, m):
        """How much the lines from n and m on have in common, and the first step to that."""
        if n == len(hers) or m == len(machines):
            return 0, None
        both = alike(hers[n], machines[m])
        ways = [(both + best(n + 1, m + 1)[0], (1, 1))] if both else []
        ways += [(best(n, m + 1)[0], (0, 1)), (best(n + 1, m)[0], (1, 0))]
        return max(ways, key=lambda way: way[0])

    for n in range(len(hers), -1, -1):  # from behind, so that no call goes deep
        for m in range(len(machines), -1, -1):
            best(n, m)
    pairs, n, m = [], 0, 0
    while n < len(hers) and m < len(machines):
        across, down = best(n, m)[1]
        pairs.append((hers[n] if across else None, machines[m] if down else None))
        n, m = n + across, m + down
    return pairs + [(one, None) for one in hers[n:]] + [(None, one) for one in machines[m:]]
