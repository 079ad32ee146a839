package closeevent

// A noCopy field makes go vet report copies of its struct: vet treats any type
// with these two methods as a lock.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}
