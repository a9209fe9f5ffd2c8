"""What a run needs besides the models: the peers' Python and the programs on the engines' libraries."""

from peers import environment, native
from peers.files import BUILD
from peers.remote import WORKER, Remote
from peers.vivace import Vivace


class Tools:
    """Requires that vivace, `program`, is built; makes the rest where it is not there yet."""

    def __init__(self, env, program):
        self.python = environment.python_of(env)
        self.program = program
        self.vivace = native.vivace(program, BUILD / "native")
        self.reader = native.reader(BUILD / "native")
        self.programs = native.programs(self.python, BUILD / "native")

    def start(self, engine, folder, threads, log):
        """The engine's process: on its own library where there is such a program; ENGINE-python wants Python."""
        if engine == "vivace":
            return Vivace(self, folder, threads, log)
        if engine in self.programs:
            return Remote([self.programs[engine]], folder, threads, log)
        return Remote([self.python, WORKER, engine.removesuffix("-python")], folder, threads, log)

    def through(self, engine):
        return "C" if engine == "vivace" or engine in self.programs else "Python"
