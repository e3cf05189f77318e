# SPDX-License-Identifier: MIT
"""What `stet` shows while it saves, on a terminal and elsewhere, and what an interruption leaves.

usage: test_terminal.py FOLDER_OF_INTEROP_PROGRAMS (the tool is beside it, in ../examples)
"""
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

if os.name == "nt":
    sys.exit(0)  # no pseudo-terminals there

import fcntl
import pty
import termios

STET = Path(sys.argv[1]).parent / "examples" / "stet"
TENSORS, SIZE = 8, 8 << 20  # of the file to cast, of which none is on the disk
A_WHILE = 5.1  # seconds until there is another plain line


class Saving(unittest.TestCase):
    """A save that takes a while, seen while it is under way."""

    @classmethod
    def setUpClass(cls):
        # Where files lie in memory nothing waits for a disk.
        memory = Path("/dev/shm")
        has_room = memory.is_dir() and os.statvfs(memory).f_bavail * os.statvfs(memory).f_frsize > 1 << 28
        cls.scratch = tempfile.TemporaryDirectory(dir=memory if has_room else None)
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.folder = Path(cls.scratch.name)
        cls.source = cls.folder / "source.safetensors"
        header = json.dumps({
            f"t{i:02}": {"dtype": "F32", "shape": [SIZE // 4], "data_offsets": [i * SIZE, (i + 1) * SIZE]}
            for i in range(TENSORS)
        }).encode()
        with open(cls.source, "wb") as file:
            file.write(struct.pack("<Q", len(header)) + header)
            file.truncate(8 + len(header) + TENSORS * SIZE)  # zeros

    def setUp(self):
        self.target = self.folder / "target.safetensors"
        self.addCleanup(lambda: self.target.unlink(missing_ok=True))

    def stopped_at_work(self, start):
        """The process number of a save that is stopped while its file is unfinished; None if it was too fast.

        start: starts it
        """
        self.target.unlink(missing_ok=True)
        process = start()
        while True:
            parts = list(self.folder.glob("target*.part"))
            if any(os.path.exists(part) and os.path.getsize(part) for part in parts):  # locked by then
                os.kill(process, signal.SIGSTOP)
            elif os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                return None
            else:
                time.sleep(0.001)
                continue
            is_stopped = os.waitid(os.P_PID, process, os.WSTOPPED | os.WEXITED | os.WNOWAIT).si_code == os.CLD_STOPPED
            if is_stopped and not self.target.exists():
                return process
            os.kill(process, signal.SIGCONT)
            return None

    def start(self, *command, **options):
        """A save that is stopped while its file is unfinished."""
        command = [STET, *(command or ("cast", self.source, "--to", "F16")), "--output", self.target]
        started = []

        def start():
            options.setdefault("stdout", subprocess.DEVNULL)
            started.append(subprocess.Popen(command, start_new_session=True, **options))
            return started[-1].pid

        for _ in range(10):
            if self.stopped_at_work(start):
                self.addCleanup(lambda: started[-1].poll() is None and (started[-1].kill(), started[-1].wait()))
                return started[-1]
            started[-1].communicate()
        self.fail("each save ended before it was seen")

    @staticmethod
    def go_on(started, after=0):
        """after: seconds that pass for a save that does not go on meanwhile"""
        time.sleep(after)
        os.kill(started.pid, signal.SIGCONT)

    @staticmethod
    def await_rest(started):
        """Returns when a process waits for something and has had no processor for a while, or has ended."""
        before, times = None, 0
        while times < 10:
            *_, rest = Path(f"/proc/{started.pid}/stat").read_text().rpartition(") ")
            fields = rest.split()
            now = fields[0], fields[11], fields[12]  # its state, and the processor's time
            if now[0] == "Z":
                return
            times = times + 1 if now == before and now[0] == "S" else 0
            before = now
            time.sleep(0.02)

    def assert_nothing_is_left(self):
        self.assertEqual([one.name for one in self.folder.iterdir()], [self.source.name])

    def test_a_signal_cancels_the_save_and_leaves_no_file(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                started = self.start(stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                os.kill(started.pid, number)
                self.go_on(started)
                said, complaint = started.communicate(timeout=60)
                self.assertEqual((started.returncode, said), (128 + number, ""))
                self.assertRegex(
                    complaint,
                    rf"^stet cast: [a-z ]+ \({number.name}\): cancelled at tensor 't\d\d' after [0-9,]+ of [0-9,]+ "
                    r"bytes; nothing was kept\n$",
                )
                self.assert_nothing_is_left()

    def test_every_command_that_saves_is_cancelled_so(self):
        for command, *arguments in (
            ("merge", self.source, self.source), ("prune", self.source, "--pattern", "t00"),
            ("edit", self.source, "--set", "a=b"), ("compose", "--family", "Flux", "--model", self.source),
        ):  # fmt: skip
            with self.subTest(command):
                started = self.start(command, *arguments, "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                os.kill(started.pid, signal.SIGINT)
                self.go_on(started)
                said, complaint = started.communicate(timeout=60)
                self.assertEqual(started.returncode, 128 + signal.SIGINT)
                why = json.loads(said)["error"]
                self.assertEqual(complaint, f"stet {command}: {why}\n")
                self.assertRegex(
                    why, r"^interrupted \(SIGINT\): cancelled (at tensor '.*' )?after [0-9,]+ of [0-9,]+ bytes; nothing was kept$"
                )
                self.assert_nothing_is_left()

    @unittest.skipUnless(os.path.exists("/proc/self/stat"), "only Linux tells what a process waits for")
    def test_the_second_one_ends_at_once(self):
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        try:
            while os.write(writer, b" " * 4096):
                pass
        except BlockingIOError:
            os.set_blocking(writer, True)  # a full pipe: who has a line to write waits
        started = self.start(stderr=writer)
        self.go_on(started, A_WHILE)
        self.await_rest(started)
        os.kill(started.pid, signal.SIGINT)
        self.await_rest(started)
        self.assertIsNone(started.poll())
        os.kill(started.pid, signal.SIGINT)
        self.assertEqual(started.wait(timeout=60), -signal.SIGINT)
        os.close(reader)
        os.close(writer)
        subprocess.run([STET, "clean", "--age", "0", self.target], stdout=subprocess.DEVNULL, check=True)
        self.assert_nothing_is_left()

    def test_what_is_being_written_is_not_cleaned_away(self):
        started = self.start()
        done = subprocess.run([STET, "clean", "--age", "0", self.target], capture_output=True, text=True, check=True)
        self.assertRegex(done.stdout, r"^.*/target\.safetensors\.part: left, its saver is at work\n$")
        self.go_on(started)
        self.assertEqual(started.wait(timeout=60), 0)
        self.assertTrue(self.target.exists())

    def test_an_ignored_signal_stays_ignored(self):
        started = self.start(stderr=subprocess.DEVNULL, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        os.kill(started.pid, signal.SIGINT)
        self.go_on(started)
        self.assertEqual(started.wait(timeout=60), 0)
        self.assertTrue(self.target.exists())

    def test_a_pipe_that_nobody_reads_cancels_it(self):
        reader, writer = os.pipe()
        os.close(reader)
        started = self.start(stderr=writer)
        os.close(writer)
        self.go_on(started, A_WHILE)  # so that there is a line to write
        self.assertEqual(started.wait(timeout=60), 128 + signal.SIGPIPE)
        self.assert_nothing_is_left()

    @unittest.skipUnless(os.path.exists("/dev/full"), "there is no device that is full")
    def test_what_cannot_be_said_is_a_failure(self):
        source, copy = self.source, self.folder / "copy.safetensors"
        self.addCleanup(copy.unlink, missing_ok=True)
        copy.symlink_to(source)
        for trouble, *command in (
            (1, "inspect", source), (1, "inspect", "--json", source), (1, "inspect", "--svg", "-", source),
            (1, "verify", source), (1, "hash", "--kind", "autov1", source), (1, "cast", "--help"), (1, "--help"),
            (1, "--version"), (1, "--man"), (1, "completions", "bash"), (2, "diff", source, copy),
            (1, "clean", "--json", self.folder), (1, "cast", source, "--to", "F16", "--output", self.target),
        ):  # fmt: skip
            with self.subTest(command), open("/dev/full", "wb") as full:
                done = subprocess.run([STET, *command], stdout=full, stderr=subprocess.PIPE, text=True)
                self.assertEqual(done.returncode, trouble)
                self.assertRegex(done.stderr, r"^stet[a-z ]*: standard output did not take all there was to say(: .+)?\n$")

    def test_standard_input_that_cannot_be_read_is_not_called_empty(self):
        folder = os.open(self.folder, os.O_RDONLY)
        self.addCleanup(os.close, folder)
        for command in "inspect", "hash":
            done = subprocess.run([STET, command, "-"], stdin=folder, capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, rf"^stet {command}: 'standard input': .*directory\n$")
        with open(self.source, "rb") as source:
            done = subprocess.run([STET, "inspect", "-", "-"], stdin=source, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (1, "stet inspect: 'standard input' was read already; give - once\n"))

    def test_a_file_without_tensors_is_said_to_have_none(self):
        empty = self.folder / "empty.safetensors"
        self.addCleanup(empty.unlink, missing_ok=True)
        empty.write_bytes(struct.pack("<Q", 2) + b"{}")
        nothing = "there is no tensor to save; give a file that has some, or leave fewer out"
        for why, *command in (
            (nothing, "cast", empty, "--to", "F16", "--output", self.target),
            (nothing, "shard", empty, self.folder / "set"),
            (r"component 'model' has no tensors; leave its file out", "compose", "--family", "Flux", "--model", empty,
             "--output", self.target),
            (r"component 'text encoder' has no tensors; leave its file out", "compose", "--family", "SD15", "--model",
             self.source, "--text-encoder", empty, "--vae", self.source, "--output", self.target),
        ):  # fmt: skip
            with self.subTest(command):
                done = subprocess.run([STET, *command], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (1, f"stet {command[0]}: {why}\n"))

    def test_folders_that_go_while_they_are_cleaned_are_no_failure(self):
        top = self.folder / "busy"
        self.addCleanup(shutil.rmtree, top)
        stop = threading.Event()

        def come_and_go():
            while not stop.is_set():
                for name in "abcdefg":
                    for below in "abcde":
                        (top / name / below).mkdir(parents=True)
                for name in "abcdefg":
                    shutil.rmtree(top / name)

        top.mkdir()
        busy = threading.Thread(target=come_and_go)
        busy.start()
        try:
            for _ in range(60):
                done = subprocess.run([STET, "clean", "--recursive", top], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
        finally:
            stop.set()
            busy.join()

    def test_names_are_said_as_a_terminal_can_take_them(self):
        named = self.folder / "a\x1b[31m.safetensors"
        self.addCleanup(named.unlink, missing_ok=True)
        with open(named, "wb") as file:
            header = b'{"t": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}'
            file.write(struct.pack("<Q", len(header)) + header + bytes(4))
        for command in (["edit", named, "--set", "a=b"], ["cast", named, "--to", "f16", "--output", f"{named}2"],
                        ["shard", named, self.folder / "set", "--pattern", "a\x1b{suffix}.safetensors"], ["--\x1b"],
                        ["inspect", "--\x1b"], ["edit", "--room", "\x1b", "x"]):  # fmt: skip
            with self.subTest(command):
                done = subprocess.run([STET, *command], capture_output=True, text=True)
                self.assertNotIn("\x1b", done.stdout + done.stderr)
                self.assertIn("\\x1b", done.stdout + done.stderr)
        Path(f"{named}2").unlink()
        shutil.rmtree(self.folder / "set")

    def test_elsewhere_than_on_a_terminal_it_says_a_plain_line_now_and_then(self):
        started = self.start(stderr=subprocess.PIPE, text=True)
        self.go_on(started, A_WHILE)
        lines = started.communicate(timeout=60)[1].splitlines()
        self.assertEqual(started.returncode, 0)
        self.assertGreaterEqual(len(lines), 1)
        for line in lines:
            self.assertRegex(line, r"^\d+ %, \d+\.\d\d of 33\.5\d MB, \d+ [kM]B/s, (\d+:)?\d+:\d\d left$")

    def on_terminal(self, columns):
        """What is drawn, and then how it ends."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        started = self.start(stderr=theirs)
        os.close(theirs)
        self.go_on(started, 0.5)
        drawn = b""
        try:
            while piece := os.read(ours, 65536):
                drawn += piece
        except OSError:
            pass  # how Linux says that the other side is closed
        os.close(ours)
        self.assertEqual(started.wait(timeout=60), 0)
        self.assertNotIn(b"\x1b", drawn)  # NO_COLOR or not, there is none
        return drawn.decode().split("\r")

    def test_on_a_terminal_a_line_is_drawn_and_wiped_out(self):
        lines = self.on_terminal(100)
        whole = re.compile(r"^[#.]{30}  ?[ \d]{1,3}\d? %  \d+\.\d\d of 33\.5\d MB  \d+ [kM]B/s  (\d+:)?\d+:\d\d left *$")
        self.assertTrue(any(whole.match(line) for line in lines), lines)
        self.assertEqual(lines[-2:], [" " * max(len(line.rstrip()) for line in lines[-3:-2]), ""])

    def test_a_line_fits_a_narrow_terminal(self):
        for columns in (40, 20):
            lines = self.on_terminal(columns)
            self.assertLess(max(map(len, lines)), columns)
            self.assertTrue(any(" left" in line for line in lines), lines)

    def test_ctrl_c_on_the_terminal_leaves_no_file(self):
        terminal = []

        def start():
            child, ours = pty.fork()
            if child == 0:
                os.execv(STET, [STET, "cast", self.source, "--to", "F16", "--output", self.target])
            terminal.append(ours)
            return child

        while not (child := self.stopped_at_work(start)):
            self.assertLess(len(terminal), 10, "each save ended before it was seen")
        ours = terminal[-1]
        os.write(ours, b"\x03")
        os.kill(child, signal.SIGCONT)
        said = b""
        try:
            while piece := os.read(ours, 65536):
                said += piece
        except OSError:
            pass
        os.close(ours)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        self.assertEqual(status, 130)
        self.assertIn(b"stet cast: interrupted (SIGINT): cancelled at tensor ", said)
        self.assert_nothing_is_left()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
