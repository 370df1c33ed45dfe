package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/store"
)

// trace keeps what befell every doctor of a history, begin and end of each thing, so that a refusal can be read without playing it again: what overlaps
// is left to chance, a replay of the same seed may go well.
type trace struct {
	mu      sync.Mutex
	lines   map[string][]string // by doctor's id
	during  func()              // is called once, when a send was taken off and the platform has not got it yet
	refused []string            // ids of doctors to whom a send was refused that the ledger should have held back
}

func (tr *trace) add(doctor, format string, values ...any) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.lines == nil {
		tr.lines = map[string][]string{}
	}
	tr.lines[doctor] = append(tr.lines[doctor], fmt.Sprintf(format, values...))
}

// told gives the histories of the doctors who had a refusal, the shortest first.
func (tr *trace) told() string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	slices.SortFunc(tr.refused, func(a, b string) int { return len(tr.lines[a]) - len(tr.lines[b]) })
	var out strings.Builder
	for _, doctor := range slices.Compact(tr.refused) {
		fmt.Fprintf(&out, "\na doctor:\n\t%s", strings.Join(tr.lines[doctor], "\n\t"))
	}
	return out.String()
}

// traced is a sender whose sends are kept in the trace.
type traced struct {
	bot.Sender
	*trace
}

func (s traced) Send(ctx context.Context, e bot.Effect) (bot.Receipt, error) {
	s.add(e.Doctor(), "  %s %q begins by %q", e.Intent, e.Key, e.Channel)
	if meanwhile := s.during; meanwhile != nil {
		s.during = nil
		meanwhile()
	}
	receipt, err := s.Sender.Send(ctx, e)
	refusal := (*bot.SendError)(nil)
	if !errors.As(err, &refusal) {
		s.add(e.Doctor(), "  %q ends: %v", e.Key, err)
		return receipt, err
	}
	s.add(e.Doctor(), "  %q ends: %d, %s", e.Key, refusal.Code, refusal.Reason)
	if slices.Contains(foreseeable, fmt.Sprint(refusal.Code)) {
		s.mu.Lock()
		s.refused = append(s.refused, e.Doctor())
		s.mu.Unlock()
	}
	return receipt, err
}

// does lets a doctor act and keeps that and the moment at which we have heard of it.
func (h *history) does(d deed) {
	doctor := store.DoctorID(appID, h.openIDs[d.doctor])
	h.trace.add(doctor, "%s %v", d.name, d.body)
	h.control("POST", "/_sim/users/"+name(d.doctor)+"/"+d.name, d.body)
	h.trace.add(doctor, "%s was heard", d.name)
}
