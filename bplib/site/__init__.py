"""The course as a static site: `python3 -m bplib site OUT`, for any host of files, or a folder on a USB stick.

Built by Sphinx with myst-nb from the outputs that the notebooks have stored; nothing is run.  Why these: both are well
kept, come from the package index alone, read notebooks as they are, and write pages that work when they are opened from
the disk, with a search whose index is a script.  Jupyter Book 2 fetches its themes when it builds and shows no explorer
without a kernel; nbconvert makes pages, but no site; MkDocs' search asks a server.  The theme is Furo: light and dark,
narrow windows and paper, in about 100 kB and without anything from elsewhere.

sources      what Sphinx is given: notebooks in the form that it reads, the first page, the page about the course
html         what notebooks have stored as HTML: its formulas, and its pictures as files
excerpts     texts of pages, for the search to show where it has found a word
mathjax      MathJax in the site itself, with its fonts within its code: browsers refuse fonts from the disk
settings     what Sphinx is told
lite         JupyterLite beside the pages: the same notebooks, with a Python that runs in the browser
scorm        packages of the sheets for learning platforms
pyodide      the files of that Python, and wheels of what is installed here
build        all of it together, into a folder
"""
