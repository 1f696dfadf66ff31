"""Start of the frozen program: the program itself, one of its modules, which it runs in children of
its own with `PROGRAM -P -m MODULE ARGUMENTS`, as Python would, or the newer version that an update
put beside it."""

import os
import runpy
import subprocess
import sys

if sys.argv[1:3] == ["-P", "-m"]:
    module = sys.argv[3]
    del sys.argv[1:4]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
else:
    from fieldcheck import __version__
    from fieldcheck.paths import find_newer_program, make_program_environment

    newer = find_newer_program(sys.argv[1:], __version__)
    if newer is not None:
        command = [str(newer), *sys.argv[1:]]
        environment = {**os.environ, **make_program_environment()}
        if os.name == "posix":
            try:
                os.execve(newer, command, environment)
            except OSError:  # it cannot be run here: this version does what was asked
                newer = None
        else:
            sys.exit(subprocess.call(command, env=environment))
    from fieldcheck.__main__ import main

    sys.exit(main())
