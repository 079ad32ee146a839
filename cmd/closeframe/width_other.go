//go:build !darwin && !linux

package main

import "os"

// terminalWidth returns 0: the width of a terminal is not known here.
func terminalWidth(*os.File) int { return 0 }
