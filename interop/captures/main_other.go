//go:build !linux

package main

func main() { panic("captures are recorded on Linux") }
