package flows

import "strconv"

// Trace is one thing that a turn came past. Only players and tests collect it: a live turn leaves no trace.
type Trace struct {
	Kind string // see the constants
	Step *Step  // nil for a command outside a question
	What string // which of several: outcome of a condition, code of a choice, name of a command
}

// Kinds of a trace.
const (
	TraceStep    = "step"    // the step was carried out
	TraceBranch  = "branch"  // a condition of when or next was decided: yes or no, for next after its number; or a value led out of its range: below, above
	TraceChoice  = "choice"  // an option was accepted as answer
	TraceRefusal = "refusal" // an answer was refused, the question asked again
	TraceFail    = "on_fail" // a question was given up after too many refusals
	TraceCommand = "command" // a command word was understood
)

// rangeSides name the ways out of a question for a value below or above its limits, as branches.
var rangeSides = [2]string{"below", "above"}

// trace notes something for players and tests.
func (t *turn) trace(kind string, s *Step, what string) {
	if !t.e.watch {
		return
	}
	t.out.Trace = append(t.out.Trace, Trace{Kind: kind, Step: s, What: what})
}

// decided notes the outcome of the condition of a step, or of its n-th jump.
func (t *turn) decided(s *Step, next int, holds bool) bool {
	if t.e.watch {
		t.trace(TraceBranch, s, branchName(next, holds))
	}
	return holds
}

// branchName names one outcome of a condition; next is 0 for when, else the number of the jump.
func branchName(next int, holds bool) string {
	word := "no"
	if holds {
		word = "yes"
	}
	if next > 0 {
		return strconv.Itoa(next) + " " + word
	}
	return word
}

// took notes the options of an accepted answer.
func (t *turn) took(s *Step, g *Got) {
	if !t.e.watch {
		return
	}
	if g.Unknown {
		t.trace(TraceChoice, s, unknownCode)
		return
	}
	for _, code := range g.V.Items() {
		t.trace(TraceChoice, s, code)
	}
}
