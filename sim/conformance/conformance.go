// Package conformance holds a list of named cases that any callback server of a
// WeChat official account can be run against by its address: what the platform
// sends, what it does not promise to send well, and what others send in its name.
//
// It speaks through package sim, imports nothing else of ours, and knows
// nothing of what the server talks about: it judges answers as the platform
// would and, where two answers have to agree, compares them. Each case uses
// doctors of its own, so cases do not disturb each other and the server keeps
// whatever state it likes.
//
// It refuses to guess. What cannot be seen from outside (how often a message
// took effect) is looked at through Options.Probe only, and a case that cannot
// be judged is reported as skipped.
//
// # What counts as what
//
//   - Handled: status 200 within Options.Patience, and the body is empty, the
//     word success, or a reply that the platform accepts.
//   - Refused: another status, a cut connection, or an empty 200; with a Probe
//     the message must also have had no effect.
//   - A strange message is handled when its harmless twin of another doctor gets
//     a reply and it gets one too: an empty 200 for it alone means that the
//     message was lost.
package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/vrep/vrep/sim"
)

// Target is the server that is tried. It must be reachable, and be allowed to be told nonsense: do not run this against an account in use.
type Target struct {
	URL        string // of the callback
	AppID      string
	Token      string
	AESKey     string // EncodingAESKey: 43 characters; not needed in plain mode
	OriginalID string // gh_…; empty: one derived from AppID
	Mode       string // sim.ModeSafe (default), sim.ModeCompat or sim.ModePlain
	Format     string // sim.FormatXML (default) or sim.FormatJSON: the account's data format
}

// Options change how the cases are run. The zero value is fine.
type Options struct {
	Patience time.Duration // with one delivery; zero: 5 s, as the platform's
	Doctors  int           // who speak at once in the burst; zero: 100
	Slow     int           // slow connections that must not hold up others; zero: 50
	Only     []string      // names, or groups, of the cases to run; empty: all
	// Probe says how many messages and events of a doctor took effect so far; nil: not observed.
	Probe func(ctx context.Context, openID string) (int, error)
	// Progress is told of each case as it ends; nil: nobody is told.
	Progress func(Result)
}

// Result is what one case came to.
type Result struct {
	Name    string        `json:"name"` // group/case
	Group   string        `json:"group"`
	OK      bool          `json:"ok"`
	Skipped bool          `json:"skipped,omitempty"` // not judged, OK is true; Why says what was missing
	Why     string        `json:"why,omitempty"`     // of a failure or a skip
	Took    time.Duration `json:"took_ns"`
}

// errSkip is the fact behind a case that cannot be judged.
var errSkip = errors.New("skipped")

// kase is one case.
type kase struct {
	name string
	try  func(*trial, context.Context) error
}

// Run tries the cases one after the other, in a fixed order. An error means that the target or the options make no sense, or that ctx ended; a server that
// fails every case is no error.
func Run(ctx context.Context, target Target, o Options) ([]Result, error) {
	t, err := newTrial(target, o)
	if err != nil {
		return nil, err
	}
	defer t.close()
	var out []Result
	for _, c := range cases(t.mode) {
		if !wanted(c.name, o.Only) {
			continue
		}
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		r := t.one(ctx, c)
		out = append(out, r)
		if o.Progress != nil {
			o.Progress(r)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no case is called %s", strings.Join(o.Only, ", "))
	}
	return out, ctx.Err()
}

// Names are the names of all cases of a mode, in their order.
func Names(mode string) []string {
	var out []string
	for _, c := range cases(mode) {
		out = append(out, c.name)
	}
	return out
}

// Failed are the names of the cases that were not passed.
func Failed(results []Result) []string {
	out := []string{}
	for _, r := range results {
		if !r.OK {
			out = append(out, r.Name)
		}
	}
	return out
}

func cases(mode string) []kase {
	var out []kase
	for _, list := range [][]kase{echoCases(), deliveryCases(), kindCases(), oddCases(), forgedCases(mode), sizeCases(), connectionCases(), burstCases()} {
		out = append(out, list...)
	}
	return out
}

func wanted(name string, only []string) bool {
	if len(only) == 0 {
		return true
	}
	for _, o := range only {
		if name == o || strings.HasPrefix(name, o+"/") {
			return true
		}
	}
	return false
}

func (t *trial) one(ctx context.Context, c kase) Result {
	group, _, _ := strings.Cut(c.name, "/")
	began := time.Now()
	err := c.try(t, ctx)
	r := Result{Name: c.name, Group: group, OK: err == nil, Took: time.Since(began)}
	if err != nil {
		r.Why = err.Error()
		r.Skipped = errors.Is(err, errSkip)
		r.OK = r.Skipped
	}
	return r
}

func newTrial(target Target, o Options) (*trial, error) {
	if target.Mode == "" {
		target.Mode = sim.ModeSafe
	}
	if target.Format == "" {
		target.Format = sim.FormatXML
	}
	if o.Patience == 0 {
		o.Patience = 5 * time.Second
	}
	if o.Doctors == 0 {
		o.Doctors = 100
	}
	if o.Slow == 0 {
		o.Slow = 50
	}
	if target.Format != sim.FormatXML && target.Format != sim.FormatJSON {
		return nil, fmt.Errorf("the format is %s or %s", sim.FormatXML, sim.FormatJSON)
	}
	if o.Patience < 0 || o.Doctors < 0 || o.Slow < 0 {
		return nil, errors.New("patience, doctors and slow connections must be positive")
	}
	t := &trial{mode: target.Mode, format: target.Format, url: target.URL, o: o, client: &http.Client{}, run: time.Now().UnixNano()}
	for _, format := range []string{sim.FormatXML, sim.FormatJSON} {
		line, err := sim.NewLine(sim.LineOptions{
			URL: target.URL, AppID: target.AppID, Token: target.Token, AESKey: target.AESKey, OriginalID: target.OriginalID,
			Mode: target.Mode, Format: format,
		})
		if err != nil {
			return nil, fmt.Errorf("reading the target: %w", err)
		}
		t.lines = append(t.lines, line)
	}
	t.line, t.other = t.lines[0], t.lines[1]
	if target.Format == sim.FormatJSON {
		t.line, t.other = t.other, t.line
	}
	return t, nil
}
