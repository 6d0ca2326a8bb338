"""Sends UDP datagrams of each length in turn, ROUNDS times, in one flow and unfragmented.

    lengths.py ADDRESS ROUNDS LENGTH…
"""
import socket, sys

address, rounds, *lengths = sys.argv[1:]
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
# IP_MTU_DISCOVER = IP_PMTUDISC_PROBE: whatever the path says of its MTU.
out.setsockopt(socket.IPPROTO_IP, 10, 3)
for _ in range(int(rounds)):
    for length in lengths:
        out.sendto(bytes(int(length)), (address, 9))
