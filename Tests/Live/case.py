"""What every live test has: a lab for itself, and the wish to leave no trace."""

import time
import unittest

from lab import Lab
from processes import Directory, Program, until


class LiveTest(unittest.TestCase):
    maxDiff = 4000

    def make_lab(self, *profiles, **options):
        """A lab with nfmon's rules of these profiles; it goes when the test ends."""
        lab = Lab(**options)
        self.addCleanup(lab.close)
        lab.up()
        if profiles:
            lab.rules(*profiles)
        return lab

    def closing(self, thing):
        """Closes it when the test ends."""
        self.addCleanup(thing.close)
        return thing

    def directory(self):
        return self.closing(Directory())

    def program(self, words, **more):
        return self.closing(Program(words, **more))

    def until(self, condition, what, seconds=10):
        return until(condition, what, seconds)

    def assert_stays_so(self, condition, what, seconds):
        """The condition holds all the time. For what must not happen: there is nothing to wait for."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.assertTrue(condition(), what)
            time.sleep(0.05)

    def assert_ends_well(self, monitor, status=0):
        """Stops nfmon, which answers with the exit status and a summary that hides no loss."""
        self.assertEqual(monitor.stop(), status, monitor.talk)
        self.assertIn("complete: nothing is known to be lost", monitor.summary)
