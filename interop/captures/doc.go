// Captures records the packet captures of testdata/pcap: real endings of
// WebSocket connections on the loopback interface, recorded by tcpdump. The
// script record runs it in a separate network namespace. It runs on Linux only.
package main
