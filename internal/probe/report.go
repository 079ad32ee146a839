package probe

import (
	"slices"
	"sync"
)

// A Result is the outcome of one scenario: the finding that decides, and the
// others that are not a PASS.
type Result struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Finding
	Also     []Finding       `json:"also,omitempty"`
	Skipped  string          `json:"skipped,omitempty"`  // why it was not played
	Verdicts map[Verdict]int `json:"verdicts,omitempty"` // if it was played more than once
	Sent     string          `json:"sent"`
	Received string          `json:"received"`
	Events   []Event         `json:"events"`
	Millis   float64         `json:"ms"`

	Closed  bool `json:"-"` // the peer sent a Close frame
	Waited  bool `json:"-"` // it sent none until the wait ran out
	Unasked bool `json:"-"` // it closed the connection before the first step
}

// blank returns a Result without findings.
func (s *Set) blank(sc *Scenario, v Verdict) Result {
	r := s.Rules[sc.Rule]
	return Result{ID: sc.ID, Title: sc.Title, Finding: Finding{
		Verdict: v, Rule: sc.Rule, Section: r.Section, Level: r.Level, Sentence: r.Text,
	}}
}

// skip makes a Result of a scenario that was not played.
func (r *Result) skip(why string) {
	r.Verdict, r.Skipped = Skip, why
}

// settle chooses the most severe of the findings, or the first of several.
func (r *Result) settle(findings []Finding) {
	worst := -1
	for i, f := range findings {
		if worst < 0 || f.Verdict.rank() > findings[worst].Verdict.rank() {
			worst = i
		}
	}
	if worst < 0 {
		return
	}
	r.Finding = findings[worst]
	for i, f := range findings {
		if i != worst && f.Verdict.rank() > Pass.rank() {
			r.Also = append(r.Also, f)
		}
	}
}

// Findings returns everything in the result that is not a PASS.
func (r *Result) Findings() []Finding {
	if r.Verdict.rank() <= Pass.rank() {
		return nil
	}
	return append([]Finding{r.Finding}, r.Also...)
}

// A Report is the outcome of a run.
type Report struct {
	Peer    string          `json:"peer"`
	Role    Role            `json:"role"`
	Results []Result        `json:"results"`
	Counts  map[Verdict]int `json:"counts"`
	Stopped string          `json:"stopped,omitempty"` // why some scenarios were not played

	mu    sync.Mutex
	order map[string]int
}

func newReport(peer string, role Role, list []*Scenario) *Report {
	r := &Report{Peer: peer, Role: role, Counts: map[Verdict]int{}, order: map[string]int{}}
	for i, sc := range list {
		if _, ok := r.order[sc.ID]; !ok {
			r.order[sc.ID] = i
		}
	}
	return r
}

// add adds a result, in the order of the scenarios. If the scenario was played
// before, the more severe result is kept.
func (r *Report) add(res Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, again := slices.BinarySearchFunc(r.Results, res, func(a, b Result) int { return r.order[a.ID] - r.order[b.ID] })
	if !again {
		r.Results = slices.Insert(r.Results, i, res)
		r.Counts[res.Verdict]++
		return
	}
	old := &r.Results[i]
	verdicts := old.Verdicts
	if verdicts == nil {
		verdicts = map[Verdict]int{old.Verdict: 1}
	}
	verdicts[res.Verdict]++
	if res.Verdict.rank() > old.Verdict.rank() {
		r.Counts[old.Verdict]--
		r.Counts[res.Verdict]++
		*old = res
	}
	old.Verdicts = verdicts
}

// Silent reports whether the peer has sent no Close frame in any scenario, although
// the prober waited for one.
func (r *Report) Silent() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	waited := false
	for i := range r.Results {
		if r.Results[i].Closed {
			return false
		}
		waited = waited || r.Results[i].Waited
	}
	return waited
}

// blame adds a finding to the result of a scenario.
func (r *Report) blame(id string, f Finding) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.Results {
		res := &r.Results[i]
		if res.ID != id || res.Verdict == Skip {
			continue
		}
		r.Counts[res.Verdict]--
		res.settle(append([]Finding{f}, append([]Finding{res.Finding}, res.Also...)...))
		r.Counts[res.Verdict]++
	}
}

// failed reports whether a scenario failed.
func (r *Report) failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.Counts[Fail] > 0
}

// A Group is one cause of findings, and the scenarios that show it.
type Group struct {
	Finding          // the finding of the first scenario
	Title   string   `json:"title"` // the title of the first scenario
	IDs     []string `json:"ids"`
	Differ  bool     `json:"differ,omitempty"` // not all have the same Got
}

// Groups returns the findings that are not a PASS, grouped by cause: first each
// FAIL, then each WARN, those with the most scenarios first.
func (r *Report) Groups() []Group {
	var list []Group
	index := map[string]int{}
	for i := range r.Results {
		res := &r.Results[i]
		for _, f := range res.Findings() {
			key := string(f.Verdict) + f.Cause
			g, ok := index[key]
			if !ok {
				g = len(list)
				index[key] = g
				list = append(list, Group{Finding: f, Title: res.Title})
			}
			list[g].IDs = append(list[g].IDs, res.ID)
			list[g].Differ = list[g].Differ || f.Got != list[g].Got
		}
	}
	slices.SortStableFunc(list, func(a, b Group) int {
		if a.Verdict != b.Verdict {
			return b.Verdict.rank() - a.Verdict.rank()
		}
		return len(b.IDs) - len(a.IDs)
	})
	return list
}

// Skips returns the scenarios that were not played, by the reason.
func (r *Report) Skips() map[string][]string {
	m := map[string][]string{}
	for _, res := range r.Results {
		if res.Verdict == Skip {
			m[res.Skipped] = append(m[res.Skipped], res.ID)
		}
	}
	return m
}
