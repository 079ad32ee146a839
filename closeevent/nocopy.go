package closeevent

// A noCopy makes go vet report copies of the struct that it is a field of: vet
// takes any type with these two methods for a lock.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}
