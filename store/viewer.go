package store

import "context"

// Reach is how many doctors a person may see.
type Reach int

// Reaches, from the narrowest. The zero value sees nobody.
const (
	ReachNone Reach = iota
	ReachOwn        // of one rep: leads, territory, ownership
	ReachTeam       // of every rep of a team
	ReachAll
)

// Viewer is the person for whom the store reads and writes. It travels in the context, so that a query which forgets to ask shows nothing too much: every
// query of doctors goes through it. Without a viewer the program itself is at work and sees everything.
type Viewer struct {
	Name   string // of the console account
	Role   string // see the Role constants
	Reach  Reach
	Rep    string // whose doctors, for ReachOwn
	Team   string // whose doctors, for ReachTeam
	Masked bool   // names, openids, phones and a doctor's own words are hidden
	Counts bool   // sees how many doctors of the house there are, whatever Reach says, and none of them
}

type viewerKey struct{}

// As gives a context in which the store works for a person.
func As(ctx context.Context, v Viewer) context.Context { return context.WithValue(ctx, viewerKey{}, v) }

// Viewing is the person for whom the store works; false: the program itself.
func Viewing(ctx context.Context) (Viewer, bool) {
	v, ok := ctx.Value(viewerKey{}).(Viewer)
	return v, ok
}
