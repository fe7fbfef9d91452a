"""What it costs the monitor to keep the totals of running sessions fresh, at growing tables; called by bursts.py."""

import re
import time

from dumps import SPARE, GreatestTable
from lab import Lab
from readers import GROUP, LOAD
from service import Service

COUNTS = (1_000, 100_000, 500_000)
SECONDS = 30
#: Goal: percent of one processor, the monitor's own default.
GREATEST_SHARE = 5.0


def figure(text, name):
    """A metric of one series."""
    found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
    return float(found.group(1)) if found else None


def dump_count(text):
    return sum(map(float, re.findall(r"^nfmon_dumps_total\{.*\} (\S+)$", text, re.MULTILINE)))


def scrape(service):
    before = time.monotonic()
    text = service.curl("/metrics")
    return text, time.monotonic() - before


def measure_one(count):
    lab = Lab(group=GROUP)
    try:
        lab.up()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        lab.inside(LOAD, "fill", str(count))
        service = Service(lab.namespace).start()
        try:
            deadline = time.monotonic() + 60
            # The first dump is as expensive as it is: the share is that of those that follow.
            while dump_count(first := scrape(service)[0]) < 2 and time.monotonic() < deadline:
                time.sleep(0.1)
            began, ages = time.monotonic(), []
            while time.monotonic() - began < SECONDS:
                ages.append(service.json("/v1/sessions?limit=0")["summary"].get("counters_age", 0) / 1e9)
                time.sleep(1)
            last, took = scrape(service)
            seconds = time.monotonic() - began
            cpu = figure(last, "nfmon_dump_cpu_seconds_total") - figure(first, "nfmon_dump_cpu_seconds_total")
            number = dump_count(last) - dump_count(first)
            share = 100 * cpu / seconds
            each = cpu / number * 1000 if number else 0
            verdict = "reached" if share <= GREATEST_SHARE * 1.1 else "MISSED"
            interval = figure(last, "nfmon_dump_interval_seconds")
            print(
                f"  {count:>9,} {number:>6.0f} {interval:>10.2f} {each:>12.1f} {share:>9.2f} {max(ages):>12.2f} "
                f"{took * 1000:>10.1f}   {GREATEST_SHARE:.0f} {verdict}",
                flush=True,
            )
        finally:
            service.close()
    finally:
        lab.close()


def measure(wanted):
    """Fills tables as far as this host allows and measures."""
    greatest = GreatestTable(max(COUNTS) + SPARE)
    try:
        print("\ntotals of running sessions, kept fresh by nfmon run")
        print(
            f"  {'entries':>9} {'dumps':>6} {'interval s':>10} {'CPU ms/dump':>12} {'% of CPU':>9} {'oldest s':>12} "
            f"{'scrape ms':>10}   goal",
            flush=True,
        )
        for count in COUNTS:
            if count <= min(wanted, greatest.limit - SPARE):
                measure_one(count)
    finally:
        greatest.close()
