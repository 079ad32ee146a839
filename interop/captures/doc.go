// Captures records the packet captures of testdata/pcap: real endings of
// WebSocket connections on the loopback interface, recorded by tcpdump. See the
// script record, which runs it in a network namespace of its own. It runs on
// Linux alone.
package main
