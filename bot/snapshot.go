package bot

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// snapshotVersion is raised when a field changes its meaning. A process refuses a conversation whose snapshot is newer than itself instead of rewriting
// it, so that two versions may run side by side.
const snapshotVersion = 1

// ErrNewer: the conversation's last turn was taken by a newer version of this program.
var ErrNewer = errors.New("bot: snapshot of a newer version")

// talk is the state of a conversation after a turn: the body of journal.state. It holds no copy of the profile, so that erasing a doctor does not have
// to rewrite the journal.
type talk struct {
	V      int         `json:"v"`
	Phase  string      `json:"phase"`
	State  flows.State `json:"state"`
	Start  int64       `json:"start,omitempty"` // where a refusal of consent begins to blank: first turn since which no base consent is in force, else of the present talk
	Began  int64       `json:"began,omitempty"` // first turn of the present or last talk, unix ms
	SentAt int64       `json:"sent,omitempty"`  // newest CreateTime applied, unix ms
	Here   int64       `json:"here,omitempty"`  // newest CreateTime of what only a follower can do, unix ms
	Left   int64       `json:"left,omitempty"`  // newest CreateTime of an unfollow, unix ms
	Offer  *offer      `json:"offer,omitempty"` // the question whose options can be pressed; nil = none
	Case   *report     `json:"case,omitempty"`  // the adverse event report that the intake is filling
}

// snapshot is what the next turn needs: the talk, and the facts that the talk is decided on. It is kept in the session store for a day at most.
type snapshot struct {
	Seq   int64 `json:"-"` // last committed turn; 0 for a new conversation
	Talk  talk  `json:"talk"`
	Facts facts `json:"facts"`
}

func encodeTalk(t talk) ([]byte, error) {
	t.V = snapshotVersion
	b, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("encoding talk: %w", err)
	}
	return b, nil
}

// decodeTalk reads journal.state. An empty state, left by a refusal of consent, is a talk that has not begun.
func decodeTalk(b []byte) (talk, error) {
	t := talk{V: snapshotVersion, Phase: store.PhaseIdle}
	if len(b) == 0 {
		return t, nil
	}
	if err := json.Unmarshal(b, &t); err != nil {
		return talk{}, fmt.Errorf("decoding talk: %w", err)
	}
	return t, t.check()
}

func (t talk) check() error {
	if t.V > snapshotVersion {
		return fmt.Errorf("%w: version %d", ErrNewer, t.V)
	}
	if _, err := Next(t.Phase, EventOptOut); err != nil { // legal in every phase that exists
		return fmt.Errorf("checking talk: %w", err)
	}
	return nil
}

func encodeSnapshot(s snapshot) ([]byte, error) {
	s.Talk.V = snapshotVersion
	b, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encoding snapshot: %w", err)
	}
	return b, nil
}

// decodeSnapshot reads the session store's copy. Any error means that the copy is not usable and the database is asked.
func decodeSnapshot(b []byte, seq int64) (snapshot, error) {
	s := snapshot{Seq: seq}
	if err := json.Unmarshal(b, &s); err != nil {
		return snapshot{}, fmt.Errorf("decoding snapshot: %w", err)
	}
	if s.Facts.Doctor.ID == "" || seq <= 0 {
		return snapshot{}, errors.New("decoding snapshot: incomplete")
	}
	return s, s.Talk.check()
}
