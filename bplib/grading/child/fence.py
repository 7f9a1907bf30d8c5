"""What a process may still do once it has fenced itself in: landlock for files, seccomp for the rest, limits on size.

For Linux; elsewhere only the limits.  Nothing here needs anything but the standard library, and nothing can be undone
by what runs behind the fence.  The numbers are those of the Linux headers landlock.h, seccomp.h and filter.h.
"""
import ctypes
import errno
import os
import platform
import struct
import sys

# the system calls that are refused, by machine: name → number

CALLS = {
    "x86_64": dict(
        fork=57, vfork=58, execve=59, execveat=322, socket=41, connect=42, bind=49, listen=50, ptrace=101,
        process_vm_readv=310, process_vm_writev=311, pidfd_open=434, pidfd_getfd=438, pidfd_send_signal=424, tkill=200,
        rt_sigqueueinfo=129, rt_tgsigqueueinfo=297, chmod=90, fchmod=91, fchmodat=268, fchmodat2=452, chown=92,
        fchown=93, lchown=94, fchownat=260, utime=132, utimes=235, futimesat=261, utimensat=280, setxattr=188,
        lsetxattr=189, fsetxattr=190, mknod=133, mknodat=259, mount=165, umount2=166, unshare=272, setns=308,
        pivot_root=155, chroot=161, bpf=321, perf_event_open=298, userfaultfd=323, io_uring_setup=425, keyctl=250,
        add_key=248, request_key=249, shmget=29, msgget=68, semget=64, mq_open=240, open_by_handle_at=304,
        setpriority=141, sched_setaffinity=203, sched_setscheduler=144, sched_setparam=142, sched_setattr=314,
        ioprio_set=251, memfd_create=319, reboot=169, swapon=167, init_module=175, finit_module=313,
        kexec_load=246, personality=135, setuid=105, setgid=106, clone3=435,
        clone=56, kill=62, tgkill=234, prlimit64=302),
    "aarch64": dict(
        execve=221, execveat=281, socket=198, connect=203, bind=200, listen=201, ptrace=117, process_vm_readv=270,
        process_vm_writev=271, pidfd_open=434, pidfd_getfd=438, pidfd_send_signal=424, tkill=130, rt_sigqueueinfo=138,
        rt_tgsigqueueinfo=240, fchmod=52, fchmodat=53, fchmodat2=452, fchown=55, fchownat=54, utimensat=88, setxattr=5,
        lsetxattr=6, fsetxattr=7, mknodat=33, mount=40, umount2=39, unshare=97, setns=268, pivot_root=41, chroot=51,
        bpf=280, perf_event_open=241, userfaultfd=282, io_uring_setup=425, keyctl=219, add_key=217, request_key=218,
        shmget=194, msgget=186, semget=190, mq_open=180, open_by_handle_at=265, setpriority=140, sched_setaffinity=122,
        sched_setscheduler=119, sched_setparam=118, sched_setattr=274, ioprio_set=30, memfd_create=279, reboot=142,
        swapon=224, init_module=105, finit_module=273, kexec_load=104, personality=92, setuid=146, setgid=144,
        clone3=435, clone=220, kill=129, tgkill=131, prlimit64=261),
}
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
OWN_PROCESS = ("kill", "tgkill", "prlimit64")
"""Calls that may be made for the process itself."""
CLONE_THREAD = 0x10000

# seccomp: a filter is a list of (code, jump if true, jump if false, number)

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, MACHINE, FIRST_ARGUMENT = 0, 4, 16
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
NO_NEW_PRIVILEGES, SET_SECCOMP, FILTER = 38, 22, 2


def program(calls, machine, pid):
    """The filter: the calls are refused, but for threads and for what a process does to itself."""
    lines = [(LOAD, 0, 0, MACHINE), (EQUAL, 1, 0, machine), (RETURN, 0, 0, KILL), (LOAD, 0, 0, NUMBER),
             (AT_LEAST, 0, 1, 0x40000000), (RETURN, 0, 0, KILL)]  # the other numbering of x86_64
    refused = (RETURN, 0, 0, REFUSE | errno.EPERM)
    for name, number in calls.items():
        if name == "clone3":  # its flags lie in memory, where no filter looks; libraries then fall back to clone
            lines += [(EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE | errno.ENOSYS)]
        elif name == "clone":
            lines += [(EQUAL, 0, 4, number), (LOAD, 0, 0, FIRST_ARGUMENT), (ANY_BIT, 1, 0, CLONE_THREAD), refused,
                      (RETURN, 0, 0, ALLOW)]
        elif name in OWN_PROCESS:
            lines += [(EQUAL, 0, 5, number), (LOAD, 0, 0, FIRST_ARGUMENT), (EQUAL, 2, 0, pid), (EQUAL, 1, 0, 0),
                      refused, (RETURN, 0, 0, ALLOW)]
        else:
            lines += [(EQUAL, 0, 1, number), refused]
    return [*lines, (RETURN, 0, 0, ALLOW)]


def seccomp():
    """Refuse new processes, sockets, and what reaches into other processes; threads are allowed."""
    machine = platform.machine()
    lines = program(CALLS[machine], MACHINES[machine], os.getpid())
    code = b"".join(struct.pack("HBBI", *line) for line in lines)
    buffer = ctypes.create_string_buffer(code, len(code))
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(lines), ctypes.addressof(buffer)))
    _called("prctl", SET_SECCOMP, FILTER, ctypes.byref(head), 0, 0)


# landlock

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
BELOW_PATH = 1
READ = 0b1100  # read files, list folders
OF_A_FILE = 1 << 1 | 1 << 2 | 1 << 14  # write, read, truncate
RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Version of landlock → the rights over files that it handles."""
NETWORK, ABSTRACT_SOCKETS_AND_SIGNALS = 0b11, 0b11


def landlock(readable, writable):
    """From now on only what lies below these paths can be opened, to be read or written; no port, no signal."""
    version = _called("syscall", CREATE_RULESET, None, 0, 1)
    handled = RIGHTS[min(version, 5)]
    attributes = struct.pack("QQQ", handled, NETWORK if version >= 4 else 0,
                             ABSTRACT_SOCKETS_AND_SIGNALS if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = _called("syscall", CREATE_RULESET, ctypes.c_char_p(attributes), size, 0)
    for path in readable:
        _allow(rules, path, READ)
    for path in writable:
        _allow(rules, path, handled & ~1)  # all but to execute
    _called("syscall", RESTRICT_SELF, rules, 0)
    os.close(rules)


def _allow(rules, path, rights):
    try:
        at = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):
        rights &= OF_A_FILE
    _called("syscall", ADD_RULE, rules, BELOW_PATH, ctypes.c_char_p(struct.pack("=Qi", rights, at)), 0)
    os.close(at)


def _called(name, *arguments):
    library = ctypes.CDLL(None, use_errno=True)
    numbers = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    found = getattr(library, name)(*numbers)
    if found < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return found


# all of it

FILES_OF_SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/share", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime",
                   "/etc/fonts", "/dev/urandom")
LARGEST_FILE = 50 * 2**20


def limit(megabytes):
    """Limits on memory, on the size of files, and no dump of memory; False where the system refuses the first."""
    try:
        import resource
    except ImportError:  # Windows
        return False
    for name, size in (("CORE", 0), ("FSIZE", LARGEST_FILE), ("AS", megabytes * 2**20)):
        try:
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (size, size))
        except (ValueError, OSError, AttributeError):  # macOS refuses to limit memory
            limited = False
        else:
            limited = True
    return limited


def fence(readable, folder, megabytes, wanted=("landlock", "seccomp")):
    """Limits, and as much of the fence as there is; returns what holds, such as ("memory", "landlock", "seccomp")."""
    holds = ["memory"] * limit(megabytes)
    if not sys.platform.startswith("linux"):
        return tuple(holds)
    writable = [folder, "/dev/null"]
    acts = {"landlock": lambda: landlock([*FILES_OF_SYSTEM, *readable], writable), "seccomp": seccomp}
    for name in wanted:
        try:
            _called("prctl", NO_NEW_PRIVILEGES, 1, 0, 0, 0)
            acts[name]()
            holds.append(name)
        except (OSError, KeyError, AttributeError):
            pass
    return tuple(holds)
