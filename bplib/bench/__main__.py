"""`python3 -m bplib bench`: measure, print a table, write JSON and a picture.

Everything runs in one process with one thread; that is settled here, before any library is loaded.
"""
import os

os.environ.update({name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS",
                                          "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS")})
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

if __name__ == "__main__":
    import sys

    from .command import main

    sys.exit(main(sys.argv[1:]))
