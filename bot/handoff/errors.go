package handoff

import (
	"errors"
	"fmt"
	"strings"
)

// Facts about a lead that pages and cards tell the rep. Anything else that a method returns is an outage or a defect.
var (
	// ErrNotYours: the lead was not offered to this rep, or the rep has declined it.
	ErrNotYours = errors.New("handoff: not this rep's lead")
	// ErrNotOffered is ErrNotYours for a rep who was never offered the lead, or for a lead that does not exist.
	ErrNotOffered = fmt.Errorf("%w: never offered", ErrNotYours)
	// ErrEnded: the lead was withdrawn, has expired or is closed.
	ErrEnded = errors.New("handoff: lead has ended")
	// errWithdrawn is ErrEnded by the doctor's will.
	errWithdrawn = fmt.Errorf("%w: withdrawn", ErrEnded)
	// errUnverified is ErrEnded because the doctor turned out to be none.
	errUnverified = fmt.Errorf("%w: doctor not verified", ErrEnded)
	// errErased is ErrEnded because the doctor's data was erased: the doctor has left, or asked for it.
	errErased = fmt.Errorf("%w: doctor erased", ErrEnded)
	// ErrFiled: the visit has been reported already.
	ErrFiled = errors.New("handoff: visit filed already")
	// ErrFiling: the rep is not active or the filing has run out, so that no lead may be seen, taken, given back or reported on.
	ErrFiling = errors.New("handoff: rep may not take leads")
	// ErrLink: the link was not made by us or has been damaged.
	ErrLink = errors.New("handoff: link not valid")
	// ErrLinkExpired: the link is older than LinkValid.
	ErrLinkExpired = errors.New("handoff: link expired")
	// ErrIllegal: the life cycle does not have this move.
	ErrIllegal = errors.New("handoff: move not allowed")
)

// ErrTaken says that another rep was first.
type ErrTaken struct {
	By string // the other rep's name
}

// Error implements error; the name stays out of it, because error texts are logged.
func (e ErrTaken) Error() string { return "handoff: taken by another rep" }

// ErrHeard says that a report was refused, but that the adverse event in it was recorded. It matches the errors that the refusal matches.
type ErrHeard struct {
	Case string // number of the case
	Why  error  // for which nothing else of the report was kept
}

// Error implements error.
func (e ErrHeard) Error() string { return "handoff: only the adverse event was kept: " + e.Why.Error() }

// Unwrap gives the reason of the refusal.
func (e ErrHeard) Unwrap() error { return e.Why }

// Problem is one field of a report that cannot stay as it is.
type Problem struct {
	Field   string // name of the field of Report in snake case: at, channel, result, prefers, topics, ladder, barriers, next_step, next_at, heard_ae, note
	Code    string // missing, unknown, future, past, too_long, too_many
	Message string // for the rep, in Chinese
}

// ErrInvalid lists everything that is wrong with a report at once.
type ErrInvalid struct {
	Problems []Problem
}

// Error names the fields, never what was written into them.
func (e ErrInvalid) Error() string {
	fields := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		fields[i] = p.Field + " " + p.Code
	}
	return "handoff: report not valid: " + strings.Join(fields, ", ")
}
