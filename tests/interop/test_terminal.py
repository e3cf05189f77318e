# SPDX-License-Identifier: MIT
"""What `stet` shows while it saves, on a terminal and elsewhere, and what an interruption leaves.

usage: test_terminal.py FOLDER_OF_INTEROP_PROGRAMS (the tool is beside it, in ../examples)
"""
import json
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

if os.name == "nt":
    sys.exit(0)  # no pseudo-terminals there

import fcntl
import pty
import termios

STET = Path(sys.argv[1]).parent / "examples" / "stet"
TENSORS, SIZE = 8, 32 << 20  # of the file to cast, of which none is on the disk
A_WHILE = 5.1  # seconds until there is another plain line


class Saving(unittest.TestCase):
    """A save that takes a while, seen while it is under way."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
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

    def start(self, **options):
        """A save whose unfinished file is there."""
        self.target.unlink(missing_ok=True)
        command = [STET, "cast", self.source, "--to", "F16", "--output", self.target]
        started = subprocess.Popen(command, start_new_session=True, **options)
        self.addCleanup(lambda: started.poll() is None and started.kill())
        while not list(self.folder.glob("target*.part")):
            self.assertIsNone(started.poll(), "it ended before it was seen")
            time.sleep(0.001)
        return started

    def pause(self, started, seconds):
        """Lets time pass for a save that does not go on meanwhile."""
        os.kill(started.pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(started.pid, signal.SIGCONT)

    def assert_nothing_is_left(self):
        self.assertEqual([one.name for one in self.folder.iterdir()], [self.source.name])

    def test_a_signal_cancels_the_save_and_leaves_no_file(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                started = self.start(stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                os.kill(started.pid, number)
                said, complaint = started.communicate(timeout=60)
                self.assertEqual((started.returncode, said), (128 + number, ""))
                self.assertRegex(
                    complaint,
                    rf"^stet cast: [a-z ]+ \({number.name}\): cancelled at tensor 't\d\d' after [0-9,]+ of [0-9,]+ "
                    r"bytes; nothing was kept\n$",
                )
                self.assert_nothing_is_left()

    def test_the_second_one_ends_at_once(self):
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        try:
            while os.write(writer, b" " * 4096):
                pass
        except BlockingIOError:
            os.set_blocking(writer, True)  # a full pipe: who has a line to write waits
        started = self.start(stderr=writer)
        self.pause(started, A_WHILE)
        time.sleep(0.3)
        os.kill(started.pid, signal.SIGINT)
        time.sleep(0.3)
        self.assertIsNone(started.poll())
        os.kill(started.pid, signal.SIGINT)
        self.assertEqual(started.wait(timeout=60), -signal.SIGINT)
        os.close(reader)
        os.close(writer)
        subprocess.run([STET, "clean", "--age", "0", self.target], stdout=subprocess.DEVNULL, check=True)
        self.assert_nothing_is_left()

    def test_an_ignored_signal_stays_ignored(self):
        started = self.start(stdout=subprocess.DEVNULL, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        os.kill(started.pid, signal.SIGINT)
        self.assertEqual(started.wait(timeout=60), 0)
        self.assertTrue(self.target.exists())

    def test_a_pipe_that_nobody_reads_cancels_it(self):
        reader, writer = os.pipe()
        os.close(reader)
        started = self.start(stderr=writer)
        os.close(writer)
        self.pause(started, A_WHILE)  # so that there is a line to write
        self.assertEqual(started.wait(timeout=60), 128 + signal.SIGPIPE)
        self.assert_nothing_is_left()

    def test_elsewhere_than_on_a_terminal_it_says_a_plain_line_now_and_then(self):
        started = self.start(stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.pause(started, A_WHILE)
        lines = started.communicate(timeout=60)[1].splitlines()
        self.assertEqual(started.returncode, 0)
        self.assertGreaterEqual(len(lines), 1)
        for line in lines:
            self.assertRegex(line, r"^\d+ %, \d+\.\d\d of 134\.22 MB, \d+ [kM]B/s, (\d+:)?\d+:\d\d left$")

    def on_terminal(self, columns):
        """What is drawn, and then how it ends."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        started = self.start(stdout=subprocess.DEVNULL, stderr=theirs)
        os.close(theirs)
        self.pause(started, 0.5)
        drawn = b""
        try:
            while piece := os.read(ours, 65536):
                drawn += piece
        except OSError:
            pass  # how Linux says that the other side is closed
        os.close(ours)
        self.assertEqual(started.wait(timeout=60), 0)
        return drawn.decode().split("\r")

    def test_on_a_terminal_a_line_is_drawn_and_wiped_out(self):
        lines = self.on_terminal(100)
        whole = re.compile(r"^[#.]{30}  ?[ \d]{1,3}\d? %  \d+\.\d\d of 134\.22 MB  \d+ [kM]B/s  (\d+:)?\d+:\d\d left *$")
        self.assertTrue(any(whole.match(line) for line in lines), lines)
        self.assertEqual(lines[-2:], [" " * max(len(line.rstrip()) for line in lines[-3:-2]), ""])

    def test_a_line_fits_a_narrow_terminal(self):
        for columns in (40, 20):
            lines = self.on_terminal(columns)
            self.assertLess(max(map(len, lines)), columns)
            self.assertTrue(any(" left" in line for line in lines), lines)

    def test_ctrl_c_on_the_terminal_leaves_no_file(self):
        child, ours = pty.fork()
        if child == 0:
            os.execv(STET, [STET, "cast", self.source, "--to", "F16", "--output", self.target])
        while not list(self.folder.glob("target*.part")):
            time.sleep(0.001)
        os.write(ours, b"\x03")
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
