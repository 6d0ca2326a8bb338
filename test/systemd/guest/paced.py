"""Runs inside a guest: numbered datagrams to another one at a steady pace, and what comes from there.

    paced.py OWN_ADDRESS OTHER_ADDRESS PORT PACKETS_PER_SECOND PACKETS SECONDS_AFTER

Prints one JSON object when done: { sent, received, doubled, corrupted, lost: [numbers, the first twenty], missing,
longestGapMs }. `lost` is what the other end has numbered and did not come. What comes in a burst has room (a receive
buffer of 64 MiB, which needs root), so what is missing was lost on its way. A number that is sent late is sent all the
same; none is sent twice.
"""
import json
import socket
import struct
import sys
import threading
import time

own, other, port, rate, count, after = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:7])
SO_RCVBUFFORCE = 33
box = socket.socket(socket.AF_INET6 if ":" in own else socket.AF_INET, socket.SOCK_DGRAM)
box.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
box.bind((own, port))
box.settimeout(0.2)
seen = bytearray(count)
state = {"doubled": 0, "corrupted": 0, "gap": 0.0, "done": False}


def receive():
    last = None
    while not state["done"]:
        try:
            data = box.recv(2048)
        except TimeoutError:
            continue
        except OSError:
            continue
        now = time.monotonic()
        number, again = struct.unpack("!I60xI", data) if len(data) == 68 else (count, 0)
        if number >= count or again != number:
            state["corrupted"] += 1
            continue
        if last is not None:
            state["gap"] = max(state["gap"], now - last)
        last = now
        state["doubled"] += seen[number]
        seen[number] = 1


receiver = threading.Thread(target=receive)
receiver.start()
print("ready", file=sys.stderr, flush=True)
sys.stdin.readline()
start = time.monotonic()
sent = 0
for number in range(count):
    wait = start + number / rate - time.monotonic()
    if wait > 0:
        time.sleep(wait)
    # A full queue of the own device is a loss, too: it is not sent again.
    try:
        box.sendto(struct.pack("!I60xI", number, number), (other, port))
        sent += 1
    except OSError as error:
        print(f"{number}: {error}", file=sys.stderr)
time.sleep(after)
state["done"] = True
receiver.join()
lost = [number for number in range(count) if not seen[number]]
print(json.dumps({"sent": sent, "received": count - len(lost), "doubled": state["doubled"], "corrupted": state["corrupted"],
                  "missing": len(lost), "lost": lost[:20], "longestGapMs": round(state["gap"] * 1000)}))
