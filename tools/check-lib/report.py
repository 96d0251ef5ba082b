"""What all checks share: which files there are, how findings are printed, what failing means."""

import fnmatch
import os
import shutil
import subprocess
import sys


class Check:
    """One check: collects findings, then prints them and its one line.

    It fails when there is a finding, and when it looked at no file at all: a check that
    was pointed at the wrong place must not pass.
    """

    def __init__(self, name):
        self.name = name
        self.findings = set()
        self.n_looked = 0
        self.notes = []
        self.root = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
        args = sys.argv[1:]
        if args[:1] == ["--root"] and len(args) == 2:
            self.root = os.path.realpath(args[1])
        elif args:
            sys.exit(f"usage: tools/check-{name} [--root DIR]")

    def finding(self, path, line, text, mend):
        self.findings.add((path, line, text, mend))

    def files(self, *patterns):
        """Paths below the root that match a pattern, sorted; `*` matches across slashes."""
        found = [p for p in self._tree() if any(fnmatch.fnmatchcase(p, q) for q in patterns)]
        self.n_looked += len(found)
        return found

    def read(self, path):
        """The text of a file, or None for a binary one."""
        with open(os.path.join(self.root, path), "rb") as f:
            data = f.read()
        return None if b"\0" in data[:8192] else data.decode("utf-8", "replace")

    def tool(self, names, install, version=None):
        """The first of `names` found in PATH (and of this version), else a finding and None."""
        for name in names:
            path = shutil.which(name)
            if path and (version is None or version in self.run([path, "--version"]).stdout):
                return path
        wanted = names[-1] + (f" {version}" if version else "")
        self.finding(f"tools/check-{self.name}", 1, f"{wanted} is missing", install)
        return None

    def run(self, command, folder=None):
        return subprocess.run(command, capture_output=True, text=True, cwd=folder or self.root)

    def _tree(self):
        """Tracked files and new ones that git does not ignore; without git, every file."""
        if os.path.exists(os.path.join(self.root, ".git")):
            git = self.run(["git", "ls-files", "-z", "-co", "--exclude-standard"])
            paths = git.stdout.split("\0")
        else:
            paths = []
            for folder, dirs, names in os.walk(self.root):
                dirs[:] = [d for d in dirs if not d.startswith("build") and d != "__pycache__"]
                paths += [os.path.relpath(os.path.join(folder, n), self.root) for n in names]
        return sorted({p for p in paths if os.path.isfile(os.path.join(self.root, p))})

    def done(self):
        """Prints the result and ends the process: 0 passed, 1 failed."""
        if self.n_looked == 0:
            self.finding(f"tools/check-{self.name}", 1, "found no file to look at",
                         "run it in the source tree, or mend the patterns in the script")
        for path, line, text, mend in sorted(self.findings):
            print(f"{path}:{line}: {text}: {mend}")
        n = len(self.findings)
        verdict = "FAIL" if n else "ok"
        parts = [f"{self.n_looked} files"] + self.notes
        if n:
            parts.append(f"{n} finding" + ("s" if n > 1 else ""))
        print(f"{self.name:<10} {verdict:<5} {', '.join(parts)}", flush=True)
        sys.exit(1 if n else 0)
