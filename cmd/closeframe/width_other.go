//go:build !darwin && !linux

package main

import "os"

// terminalWidth returns 0, because the width is unknown on this system.
func terminalWidth(*os.File) int { return 0 }
