package lab

import "encoding/json"

// A Profile is what a browser is known to fire.
type Profile struct {
	Kind    string              `json:"kind"`    // "chromium", "firefox"
	Name    string              `json:"name"`    // for people, with the major version
	Version string              `json:"version"` // in full
	Events  map[string][]string `json:"events"`  // by case, as the page writes events; several where a race decides
}

// ProfilesFile is the name of the file of all profiles in this package's folder.
const ProfilesFile = "profiles.json"

// Profiles returns the profiles that the page compares a browser with.
func Profiles() ([]Profile, error) {
	b, err := files.ReadFile(ProfilesFile)
	if err != nil {
		return nil, err
	}
	var f struct {
		Profiles []Profile `json:"profiles"`
	}
	return f.Profiles, json.Unmarshal(b, &f)
}
