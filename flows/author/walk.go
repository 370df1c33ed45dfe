package author

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vrep/vrep/flows"
)

// WalkOptions say how random doctors talk. The same options on the same flows give the same talks.
type WalkOptions struct {
	Flows    []string            // ids to start; empty = all
	Talks    int                 // how many
	Seed     uint64              //
	Lang     string              // language of the doctors, "" = that of the house
	Now      time.Time           // the clock at the start of every talk, in the zone of the account
	Progress func(done, all int) // called from one goroutine at a time; nil = not
}

// WalkResult is what random doctors found.
type WalkResult struct {
	Talks    int
	Turns    int
	Stopped  bool // the context was cancelled before all talks were done
	Coverage *flows.Coverage
	Failure  *WalkFailure // of the first talk that failed, nil = none
}

// WalkFailure is a talk that should not be.
type WalkFailure struct {
	Flow string
	Talk int    // number of the talk
	Why  string // for people
	Case string // the shortest talk found that shows it, as a test case
}

// ErrNoSuchFlow says that a flow to walk through is not there.
var ErrNoSuchFlow = errors.New("no such flow")

// Walk lets random doctors talk through flows until the talks are done, one of them fails, or the context ends. It looks at every turn for what no
// talk may have: a defect, a reply that is too long or missing, a question that nobody can answer, an answer that is lost, a talk that cannot end, another
// outcome the second time. It returns ErrNoSuchFlow, or flows.ErrLanguage for a language that the folder does not have.
func Walk(ctx context.Context, lib *flows.Library, opt WalkOptions) (*WalkResult, error) {
	ids := opt.Flows
	for _, id := range ids {
		if lib.Flow(id) == nil {
			return nil, fmt.Errorf("walking through %s: %w", id, ErrNoSuchFlow)
		}
	}
	if len(ids) == 0 {
		for _, f := range lib.Flows() {
			ids = append(ids, f.ID)
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("walking: %w", ErrNoSuchFlow)
	}
	res := &WalkResult{Coverage: flows.NewCoverage(lib)}
	var next, turns atomic.Int64
	var failed atomic.Bool
	var mu sync.Mutex
	var group sync.WaitGroup
	var first error
	w := newWalker(lib, opt)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for ctx.Err() == nil && !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= opt.Talks {
					return
				}
				t, err := w.talk(ids[i%len(ids)], i)
				mu.Lock()
				switch {
				case err != nil:
					first = errors.Join(first, err)
					failed.Store(true)
				case t.why != "":
					failed.Store(true)
					if res.Failure == nil || i < res.Failure.Talk {
						res.Failure = &WalkFailure{Flow: t.flow, Talk: i, Why: t.why, Case: ""}
						w.last = t
					}
				}
				res.Talks++
				turns.Add(int64(t.turns))
				res.Coverage.Add(t.flow, t.traces)
				if opt.Progress != nil {
					opt.Progress(res.Talks, opt.Talks)
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if first != nil {
		return nil, first
	}
	res.Turns, res.Stopped = int(turns.Load()), errors.Is(ctx.Err(), context.Canceled)
	if res.Failure != nil {
		res.Failure.Case, res.Failure.Why = w.shortest(ctx, w.last)
	}
	return res, nil
}

// walker makes talks.
type walker struct {
	lib      *flows.Library
	opt      WalkOptions
	doctors  []string // imagined doctors, as YAML
	commands []string
	hear     []string
	triggers []flows.Input
	last     *talk // the one that failed
}

func newWalker(lib *flows.Library, opt WalkOptions) *walker {
	w := &walker{lib: lib, opt: opt, hear: lib.ListenWords()}
	consents, base := "", ""
	for _, p := range lib.Policies() {
		consents += p[0] + ": " + scalar(p[1]) + ", "
		if p[0] == "base" {
			base = p[0] + ": " + scalar(p[1])
		}
	}
	w.doctors = []string{"", "level: 1\nconsents: {" + consents + "}\n", "level: 2\nconsents: {" + consents + "}\n", "level: 9\n"}
	for _, standing := range []string{"candidate\n", "confirmed\ncards: 9\n"} { // those who may have a card for colleagues, and have agreed to nothing else yet
		w.doctors = append(w.doctors, "level: 2\nconsents: {"+base+"}\ncard: https://vrep.invalid/i/card\nstanding: "+standing)
	}
	words := lib.CommandWords()
	for _, name := range append(flows.CommandNames(), flows.RightNames()...) {
		if list := words[name]; len(list) > 0 {
			w.commands = append(w.commands, list[0])
		}
	}
	for _, f := range lib.Flows() {
		for _, on := range f.Start.On {
			switch on.Kind {
			case "word":
				w.triggers = append(w.triggers, flows.Input{Kind: flows.InText, Text: on.Key})
			case "menu":
				w.triggers = append(w.triggers, flows.Input{Kind: flows.InClick, Key: on.Key})
			case "scan":
				w.triggers = append(w.triggers, flows.Input{Kind: flows.InScan, Key: on.Key})
			}
		}
	}
	return w
}

// talk lets the n-th doctor talk.
func (w *walker) talk(flow string, n int) (*talk, error) {
	r := rand.New(rand.NewPCG(w.opt.Seed, uint64(n)))
	t, err := w.begin(flow, fmt.Sprintf("walk-%d", n), w.doctors[r.IntN(len(w.doctors))], r, false)
	if err != nil {
		return t, err
	}
	for range 4 + r.IntN(24) {
		if t.why != "" {
			return t, nil
		}
		t.do(w.move(t, r))
	}
	t.finish()
	return t, nil
}

// why says in the author's words what was found.
func why(key string, args ...string) string { return phrase("walk."+key, args...) }
