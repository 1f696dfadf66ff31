"""Start of the frozen program: the program itself, or one of its modules, which it runs in children
of its own with `PROGRAM -P -m MODULE ARGUMENTS`, as Python would."""

import runpy
import sys

if sys.argv[1:3] == ["-P", "-m"]:
    module = sys.argv[3]
    del sys.argv[1:4]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
else:
    from fieldcheck.__main__ import main

    sys.exit(main())
