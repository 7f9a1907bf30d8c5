"""Submissions that do harm, cheat, or are broken, each by one author in a class of honest ones.

HARMS   name → code that runs before the honest answers of a sheet: it may cost its author, and nobody else
CHEATS  name → code in a sheet without any answer: it may earn nothing
FILES   name → function that puts something into the author's folder, of which nothing can be graded
NAMES   what a folder can be called; each holds an honest sheet
"""
import json
import os
import re

import nbformat
from class_of_submissions import answer_cells, changed, first

from bplib.grading.release import without_solutions

SECRET = "grader-s3cret-token"


def named(text):
    """Name → code, from a text in which each code stands below its name: `# name`."""
    parts = re.split(r"^# (.+)\n", text, flags=re.M)[1:]
    return dict(zip(parts[::2], parts[1::2]))


HARMS = named(r"""
# kills its parent
import os
os.kill(os.getppid(), 9)

# kills everything
import os
for pid in range(2, 70000):
    try: os.kill(pid, 9)
    except OSError: pass

# kills all at once
import os
os.kill(-1, 9)

# kills its group
import os
os.killpg(0, 9)

# stops itself
import os, signal
os.kill(os.getpid(), signal.SIGSTOP)

# ignores signals
import signal
for n in range(1, 65):
    try: signal.signal(n, signal.SIG_IGN)
    except Exception: pass

# sets an alarm
import signal
signal.alarm(1)
while True: pass

# leaves an orphan
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)

# fork bomb
import os
while True:
    os.fork()

# starts programs
import subprocess
subprocess.Popen(['sleep', '600'])

# pool
import multiprocessing
multiprocessing.Pool(4).map(abs, range(4))

# threads that never end
import threading
for _ in range(3):
    threading.Thread(target=lambda: [0 for _ in iter(int, 1)]).start()

# thread bomb
import threading, time
for _ in range(10000):
    threading.Thread(target=time.sleep, args=(600,)).start()

# crash
import ctypes
ctypes.string_at(0)

# abort
import os
os.abort()

# deep recursion
import sys
sys.setrecursionlimit(10**9)
def f(): f()
f()

# priority
import os
os.nice(19)
os.setpriority(os.PRIO_USER, 0, 19)

# exits at exit
import atexit, os
atexit.register(lambda: os._exit(9))
import sys
sys.exit(0)

# endless
while True: pass

# sleeps
import time
time.sleep(600)

# catches everything
while True:
    try:
        while True: pass
    except BaseException: pass

# endless await
import asyncio
await asyncio.sleep(600)

# memory
hog = [0.0] * 10**10

# memory of arrays
import numpy as np
hogs = [np.ones(10**8) for _ in range(100)]

# growing text
t = 'x'
while True: t += t

# prints without end
while True: print('x' * 10**6)

# renews its time
import os, time
while True:
    for n in range(3, 20):
        try: os.write(n, b'{"start": "cell 0"}' + bytes([10]))
        except OSError: pass
    time.sleep(0.1)

# one endless line
import os
while True:
    for n in range(3, 20):
        try: os.write(n, b'x' * 10**6)
        except OSError: pass

# huge message
raise ValueError('x' * 30_000_000)

# formula
raise ValueError('=cmd|calc!A1')

# markup
raise ValueError('<script>alert(1)</script>')

# no text
class E(Exception):
    def __str__(self): raise E
raise E

# base exception
class E(BaseException): pass
raise E

# interrupt
raise KeyboardInterrupt

# fills the disk
for n in range(100):
    open(f'f{n}', 'wb').write(b'x' * 40_000_000)

# many files
n = 0
while True:
    open(f'f{n}', 'w').close(); n += 1

# deep folders
import os
for _ in range(5000):
    os.mkdir('d'); os.chdir('d')

# closed folder
import os
os.mkdir('closed', 0)

# removes its folder
import shutil, os
shutil.rmtree(os.getcwd())

# changes rights
import os
os.chmod(OTHERS, 0o777)
os.chmod(OTHERS + '/good-0/sheet.ipynb', 0)

# changes times
import os
os.utime(OTHERS, (0, 0))

# writes to others
open(OTHERS + '/good-0/sheet.ipynb', 'w').write('mine')

# removes others
import shutil
shutil.rmtree(OTHERS)

# writes into the library
open(LIBRARY + '/coursework/checking.py', 'a').write('#')

# writes results
open(RESULTS + '/grades.csv', 'w').write('mine')

# links
import os
os.symlink('/', 'root')
os.link('/etc/passwd', 'p')

# shared memory
from multiprocessing import shared_memory
shared_memory.SharedMemory('left', create=True, size=4096)

# connects
import socket
socket.create_connection(('127.0.0.1', PORT), 2).send(b'here')

# listens
import socket
socket.socket().bind(('0.0.0.0', 0))

# tells the environment
import os
raise ValueError(str(dict(os.environ)))

# tells other environments
import glob
raise ValueError(str([open(p, 'rb').read() for p in glob.glob('/proc/*/environ')]))

# tells a file
raise ValueError(open(PRIVATE).read())

# closes files
import os
os.closerange(0, 100)

# duplicates files
import os
for n in range(3, 20):
    try: os.dup2(0, n)
    except OSError: pass

# spoils json
import json
json.dumps = lambda *a, **k: '{}'

# spoils write
import os
os.write = lambda n, d: len(d)

# spoils numpy
import numpy as np
np.array_equal = lambda *a, **k: True
np.asarray = np.array = None

# spoils builtins
import builtins
builtins.isinstance = lambda *a: True
builtins.len = lambda *a: 0

# traces
import sys
sys.settrace(lambda *a: 1 / 0)
sys.setprofile(lambda *a: 1 / 0)

# resets
%reset -f
get_ipython().reset()

# shell
!rm -rf / --no-preserve-root
""") | {
    "six endless cells": ["while True: pass"] * 6,
    "many cells": ["x = 1"] * 900,
    "surrogate": r"raise ValueError('\ud800')",
    "turned text": r"raise ValueError('\u202egnorw\u2066')",
    "null": "x = 1\x00",
    "lone surrogate in its text": "x = '\ud800'",
    "syntax": "answer = = 3" + "\n" * 20_000,
    "brackets": "(" * 90_000,
    "minus signs": "-" * 90_000 + "1",
    "long lines": "x = '" + "a " * 45_000,
}

FORGE = """
import os, json
def forge(secret=''):
    lines = [dict(start='setup', holds=[]), dict(start='cell 1')]
    for id in ('4.1', '4.2', '4.3', '4.4', '4.5', '4.6', '4.7'):
        lines += [dict(start=id), dict(exercise=id, found=dict(text='right', right=True, score=1))]
    text = ''.join(f'{secret}{json.dumps(line)}\\n' for line in lines + [dict(start='end')])
    for n in range(3, 20):
        try: os.write(n, text.encode())
        except OSError: pass
"""

DEFINE = """
def gradients(*a): return find('gradients')(*a)
def step(*a): return find('step')(*a)
def output_error(*a): return find('output_error')(*a)
"""

CHEATS = named(r"""
# asks the library
import bplib as bp
def find(name):
    n = bp.dense([3, 4, 2], ['relu', 'sigmoid'])
    f = bp.generate(n)
    return lambda W1, b1, W2, b2, x, y: [*f.gradients(dict(W1=W1, b1=b1, W2=W2, b2=b2), x, y).values()]

# finds the library
import sys
sys.path.insert(0, LIBRARY + '/..')
sys.meta_path[:] = [finder for finder in sys.meta_path if '_Finder' not in repr(finder)]
for name in [n for n in sys.modules if n.startswith('bplib')]: del sys.modules[name]
import bplib.coursework as c
def find(name): return lambda *a: c.EXERCISES

# reads the solutions
import glob, json
text = ''
for path in glob.glob(LIBRARY + '/../notebooks/coursework/*/*'):
    for cell in json.load(open(path))['cells']:
        if cell['cell_type'] == 'code': text = ''.join(cell['source'])
        if 'SOLUTION' in text: exec(text)
open(LIBRARY + '/../notebooks/coursework/solutions/sheet-4-batches-and-programs.ipynb').read()

# reads a neighbour
import json
for cell in json.load(open(OTHERS + '/good-0/sheet.ipynb'))['cells']:
    if cell['cell_type'] == 'code': exec(''.join(cell['source']))

# forges lines
forge()
os._exit(0)

# forges lines with the secret
import gc
for one in [o for o in gc.get_objects() if isinstance(o, dict) and 'secret' in o]:
    if isinstance(one['secret'], str): forge(one['secret'])
os._exit(0)

# redefines hand_in
hand_in = check = field = lambda *a: None
import bplib.coursework
bplib.coursework.hand_in = hand_in

# asks check
def gradients(*a):
    for guess in range(3):
        if check('4.1', guess): return guess

# looks for answers in memory
import gc
def find(name):
    kinds = ('Function', 'Reference', 'Answers')
    found = [o for o in gc.get_objects() if type(o).__name__ in kinds]
    return lambda *a: found[0]

# returns what equals everything
import numpy as np
class Yes(np.ndarray):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0
def gradients(W1, b1, W2, b2, x, y): return [np.zeros_like(v).view(Yes) for v in (W1, b1, W2, b2)]

# returns without end
def gradients(*a):
    while True: pass

# returns too much
import numpy as np
def gradients(*a): return [np.zeros(10**8)] * 4

# returns nonsense
import numpy as np
def gradients(*a): return [np.array([object()]), np.nan, float('inf'), 10**400]

# returns its inputs
def gradients(*a): return a[:4]
def step(*a): return a[:4]
def output_error(a, y): return y

# an answer that ends everything
class Strange(str):
    def strip(self): import os; os._exit(0)
answer_4_5 = Strange('x')

# long formulas
answer_4_5 = 'a' * 10**6
answer_4_6 = '9**9**9'
answer_4_7 = '1e999'
answer_4_4 = 10**400

# code for formulas
answer_4_5 = "__import__('os').system('id')"
answer_4_6 = '(' * 500
answer_4_7 = '0/0'
""")
for name in CHEATS:
    if "forge(" in CHEATS[name]:
        CHEATS[name] = FORGE + CHEATS[name]
    if "def find(" in CHEATS[name]:
        CHEATS[name] += DEFINE


def _text(text):
    return lambda folder: (folder / "sheet.ipynb").write_bytes(text if isinstance(text, bytes) else text.encode())


def _large(folder):
    with open(folder / "sheet.ipynb", "wb") as file:
        file.truncate(21 * 2**20)


def _deep(folder):
    for _ in range(60):
        folder /= "d" * 10
    folder.mkdir(parents=True)


FILES = {
    "empty": _text(""), "prose": _text("Dear teacher"), "half": _text('{"cells": [{"cell_type": "code", "sou'),
    "list": _text("[1, 2]"), "no cells": _text('{"cells": {"a": 1}}'), "null": _text("null"),
    "nested": _text("[" * 200_000), "number": _text('{"cells": ' + "9" * 9999 + "}"),
    "bytes": _text(bytes(range(256)) * 20), "wide": _text("{}".encode("utf-16")),
    "other cells": _text(json.dumps({"cells": [{"cell_type": "code", "source": "x = 1"}]})),
    "comments": _text(json.dumps({"cells": [{"cell_type": "code", "source": "# check('4.1', gradients)"}]})),
    "strange source": _text(json.dumps({"cells": [{"cell_type": "code", "source": [1, 2]}]})),
    "many cells": _text(json.dumps({"cells": [{"cell_type": "code", "source": "check('4.1', 1)"}] * 1001})),
    "large": _large, "deep": _deep, "nothing": lambda folder: None,
    "pipe": lambda folder: os.mkfifo(folder / "sheet.ipynb"),
    "link": lambda folder: (folder / "sheet.ipynb").symlink_to("/etc/passwd"),
    "link to a neighbour": lambda folder: (folder / "sheet.ipynb").symlink_to(folder.parent / "good-0" / "sheet.ipynb"),
    "link to a folder": lambda folder: (folder / "all").symlink_to("/"),
    "folder": lambda folder: (folder / "sheet.ipynb").mkdir(),
}

NAMES = [b"=1+1", b"@sum", b"__eve__", b"\xff\xfe", b"a\nb", "\u202eevil".encode(), b"<b>x", b"a,b;c", b"-rf",
         b"x" * 200, "A\u0308nne".encode(), "Änne".encode(), b"$(id)", b"con", b"%s%n", b"'"]


def write_hostile_class(folder, sheet, places, honest):
    """Write the class; returns the name of each author → what is theirs: "harm", "cheat", "file" or "honest".

    places   what hostile code knows of its surroundings: names → values
    honest   how many honest students there are besides those with odd names
    """
    knows = "\n".join(f"{name} = {value!r}" for name, value in places.items())
    made = {}

    def hand_in(name, what, put):
        place = os.path.join(os.fsencode(folder), name if isinstance(name, bytes) else name.encode())
        os.mkdir(place)
        put(place)
        made[name] = what

    def sheet_with(change):
        return lambda place: open(os.path.join(place, b"sheet.ipynb"), "wb").write(_bytes(sheet, change))

    for n in range(honest):
        hand_in(f"good-{n}", "honest", sheet_with(lambda notebook: None))
    for name, code in HARMS.items():
        codes = code if isinstance(code, list) else [code]
        hand_in(f"harm {name}", "harm", sheet_with(lambda notebook: [first(one)(notebook) for one in (*codes, knows)]))
    for name, code in CHEATS.items():
        hand_in(f"cheat {name}", "cheat", sheet_with(lambda notebook: _cheat(notebook, f"{knows}\n{code}")))
    for name, put in FILES.items():
        hand_in(f"file {name}", "file", lambda place: put(type(folder)(os.fsdecode(place))))
    for name in NAMES:
        hand_in(name, "honest", sheet_with(lambda notebook: None))
    return made


def _cheat(notebook, code):
    """No answer, and the code where the last answer would be."""
    last = len(notebook.cells) - 1 - notebook.cells[::-1].index(answer_cells(notebook)[-1])
    for cell in answer_cells(notebook):
        cell.source = without_solutions(cell.source)
    notebook.cells.insert(last + 1, nbformat.v4.new_code_cell(code))


def _bytes(sheet, change):
    return changed(sheet, change).encode("utf-8", "surrogatepass")
