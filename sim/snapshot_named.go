package sim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
)

const keepSnapshots = 16 // named snapshots in memory

type snapshotName struct {
	Name  string `json:"name"`
	Bytes int    `json:"bytes,omitempty"`
}

// Snapshot keeps a copy of the whole state in memory under a name. ErrConflict:
// too many names.
func (p *Platform) Snapshot(name string) error {
	_, err := p.snapshot(name)
	return err
}

func (p *Platform) snapshot(name string) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, old := p.shots[name]; !old && len(p.shots) >= keepSnapshots {
		return 0, fmt.Errorf("%w: %d snapshots are kept already", ErrConflict, keepSnapshots)
	}
	raw, err := json.Marshal(&p.state)
	if err != nil {
		return 0, fmt.Errorf("encoding snapshot: %w", err)
	}
	p.shots[name] = raw
	return len(raw), nil
}

// Restore brings a state back, with the clock of then; message ids go on
// growing. Faults, counters, media and the inspector's log stay as they are.
// ErrUnknown: no such snapshot. ErrConflict: a callback is on its way.
func (p *Platform) Restore(name string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	raw, ok := p.shots[name]
	if !ok {
		return fmt.Errorf("%w: no snapshot %.64q", ErrUnknown, name)
	}
	if p.busy() {
		return fmt.Errorf("%w: a callback is on its way", ErrConflict)
	}
	s := newState()
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("reading snapshot: %w", err)
	}
	s.LastMsgID = max(s.LastMsgID, p.state.LastMsgID)
	s.LastID = max(s.LastID, p.state.LastID)
	for id, u := range s.Users {
		if old := p.state.Users[id]; old != nil {
			u.log, u.past = old.log, old.past
		}
	}
	p.adopt(s)
	for _, topic := range append([]string{"users", "menu", "clock", "account", "robots"}, p.everyPhone()...) {
		p.changed(topic)
	}
	p.wakeDue()
	return nil
}

// busy says whether a callback of the official account is on its way; the caller holds the lock.
func (p *Platform) busy() bool {
	for _, u := range p.state.Users {
		if u.busy || u.inFlight > 0 {
			return true
		}
	}
	return p.herald.busy
}

// adopt makes a state the present one; the caller holds the lock.
func (p *Platform) adopt(s state) {
	p.state = s
	clear(p.byOpen)
	for _, u := range s.Users {
		p.byOpen[u.OpenID] = u
	}
}

// everyPhone is the topics of all phones; the caller holds the lock.
func (p *Platform) everyPhone() []string {
	var out []string
	for _, id := range p.state.Order {
		out = append(out, "user:"+id)
	}
	for _, r := range p.opts.Reps {
		out = append(out, "rep:"+r.UserID)
	}
	return out
}

func (p *Platform) postSnapshot(w http.ResponseWriter, r *http.Request) {
	in := snapshotName{}
	if err := readBody(w, r, &in); err != nil {
		sendError(w, err)
		return
	}
	in.Name = cmp.Or(in.Name, "default")
	n, err := p.snapshot(in.Name)
	reply(w, snapshotName{in.Name, n}, err)
}

func (p *Platform) postRestore(w http.ResponseWriter, r *http.Request) {
	in := snapshotName{}
	if err := readBody(w, r, &in); err != nil {
		sendError(w, err)
		return
	}
	in.Name = cmp.Or(in.Name, "default")
	reply(w, snapshotName{Name: in.Name}, p.Restore(in.Name))
}
