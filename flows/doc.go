// Package flows decides what is said to a doctor. It reads the YAML of content owners (Load), checks it (Lint), steps a talk (Engine.Step), plays a
// file in a terminal (Play) and runs the tests that stand beside the flows (RunTests).
//
// It refuses to do anything itself: no clock, no network, no database. Step is a pure function from state, input and facts to an Outcome, which the
// caller commits; what it must ask for (is this invitation code good?) comes through Facts.Reads.
//
// Invariants:
//   - The same state, flow version, input and facts always give the same outcome.
//   - Step never panics and never loops: a defect of a flow is a Problem in the outcome with a polite line for the doctor.
//   - Before consent to the purpose "base" no answer, profile value or tag leaves the engine; they wait in the state and come out in the turn of the
//     consent. On refusal they are dropped and Outcome.Forget is set. Safety reports are exempt (legal duty) and count in every state.
//   - A talk goes on with the shape of its flow (half of Frame.Hash) until its end, in the newest words of that shape, unless an entry of migrate or a
//     recall says otherwise. Commands, listeners, fixed lines, contents, look-up lists and rules are those in force.
//   - No word that a doctor reads stands in Go: texts live in flows, _config.yaml and defaults.yaml, findings in lint/messages.yaml.
//
// Path of a message: turn.go (events, starting, moving on), turn_text.go (commands, listeners), turn_ask.go and turn_answer.go (questions),
// turn_store.go (answers, consent), turn_effects.go (cases, leads, scores), turn_end.go. Versions: canonical.go and fingerprint.go name them, versions.go
// finds the one at which a talk goes on, carry*.go move it, compare*.go and lint_against.go look at what a new one changes. Steps and question types are one file each, kind_<name>.go,
// listed in kinds.go; rules of lint are lint_<group>.go, listed in lint_rules.go.
package flows
