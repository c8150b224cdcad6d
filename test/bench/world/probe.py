"""Asks a program for /livez every 10 ms until it is terminated; prints p99 and the maximum of the time to the answer, in ms.

A process of its own: in one with the load, the interpreter's lock would delay the measurement. The answers have to take less CPU
time than what counts as activity (programs.py).
"""

import http.client
import signal
import sys
import time


def main(port):
    answers = []

    def end(*_):
        answers.sort()
        if answers:
            print(answers[int(0.99 * len(answers))], answers[-1])
        sys.exit()

    signal.signal(signal.SIGTERM, end)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while True:
        time.sleep(0.01)
        begin = time.monotonic()
        try:
            connection.request("GET", "/livez")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):  # not listening yet, or no more
            connection.close()
            continue
        answers.append(1000 * (time.monotonic() - begin))


if __name__ == "__main__":
    main(int(sys.argv[1]))
