#!/usr/bin/env python3
"""Asks a server of this machine at a steady rate and says how long its answers take.

    scripts/page_load.py URL [--rate 200] [--seconds 20] [--connections 8]
"""
import argparse
import http.client
import threading
import time
from urllib.parse import urlsplit


def ask(url, times, failed, begin, step, until):
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
    due = begin
    while due < until:
        time.sleep(max(0, due - time.monotonic()))
        began = time.monotonic()
        connection.request('GET', url.path)
        reply = connection.getresponse()
        reply.read()
        times.append(time.monotonic() - began)
        failed.append(reply.status != 200)
        due += step


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('url')
    parser.add_argument('--rate', type=float, default=200)
    parser.add_argument('--seconds', type=float, default=20)
    parser.add_argument('--connections', type=int, default=8)
    options = parser.parse_args()
    url, times, failed = urlsplit(options.url), [], []
    begin, step = time.monotonic(), options.connections / options.rate
    threads = [threading.Thread(target=ask, args=(url, times, failed, begin + number * step / options.connections, step,
                                                  begin + options.seconds)) for number in range(options.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    at = {part: times[min(len(times) - 1, int(len(times) * part))] * 1000 for part in (0.5, 0.9, 0.99)}
    print(f'{len(times)} answers, {sum(failed)} failed, '
          f'p50 {at[0.5]:.1f} ms, p90 {at[0.9]:.1f} ms, p99 {at[0.99]:.1f} ms, most {times[-1] * 1000:.1f} ms')


if __name__ == '__main__':
    main()
