package cond

import "time"

// Limits of the language.
const (
	MaxSource = 1024 // bytes of one expression
	MaxDepth  = 32   // nested parentheses, calls and negations
)

// Type is what the checker knows of a name, an argument or a result.
type Type struct {
	Kind Kind
	// Of is the kind of a list's items where they are not texts: KindNumber,
	// KindDate, KindBool. At run time they are texts too.
	Of Kind
	// Codes is the closed set of choice codes of a text or list; nil = open.
	Codes []string
	// Missing tells that there may be no answer: arithmetic with it is a
	// problem unless a fallback is written (x or 0).
	Missing bool
}

// Condition reports whether the type may stand where a condition is wanted:
// truth values, the codes yes and no, and names whose type is not known.
func (t Type) Condition() bool {
	switch t.Kind {
	case KindNone, KindBool:
		return true
	case KindText:
		if len(t.Codes) == 0 {
			return false
		}
		for _, c := range t.Codes {
			if c != "yes" && c != "no" {
				return false
			}
		}
		return true
	default:
		return false
	}
}

// Scope types the names that an expression may use: "title",
// "profile.hospital", "input.x", "book.done", "item".
type Scope interface {
	// Lookup returns the type of a name and whether the name is known.
	Lookup(name string) (Type, bool)
	// Names lists the known names, for advice on the nearest spelling.
	Names() []string
}

// Env gives the values of names and the clock while an expression runs.
type Env interface {
	// Value returns the value of a name, None when there is no answer.
	Value(name string) Value
	// Now returns the clock of the turn in the account's time zone.
	Now() time.Time
}

// Function is a function that the caller offers beside the built-in ones.
type Function struct {
	// Args are the types of the arguments; KindRef takes a known name and
	// hands the function the name itself as a text.
	Args []Type
	// Variadic lets the last argument stand any number of times, at least once.
	Variadic bool
	// Result is the type of what Call returns.
	Result Type
	// Call computes the result; it must not keep args.
	Call func(env Env, args []Value) Value
}

// Codes of problems, with their arguments.
const (
	ProblemEmpty         = "empty"            // nothing written
	ProblemTooLong       = "too_long"         // max
	ProblemTooDeep       = "too_deep"         // max
	ProblemCharacter     = "bad_character"    // got
	ProblemFullWidth     = "full_width"       // got, want: a full-width sign where a half-width one belongs
	ProblemUseWord       = "use_word"         // got, want: && || ! = instead of and or not ==
	ProblemUnclosed      = "unclosed"         // what: the opening sign
	ProblemUnexpected    = "unexpected"       // got ("" = end), want: what was looked for (value, operator, ")" …)
	ProblemChain         = "chained"          // a < b < c
	ProblemUnknownName   = "unknown_name"     // name, near ("" = none)
	ProblemUnknownValue  = "unknown_value"    // value, near, of (name or ""), allowed (codes by comma)
	ProblemUnknownFunc   = "unknown_function" // name, near
	ProblemTypeClash     = "type_clash"       // op, left, right (kinds); right is what was wanted for op "condition" or a function name; of, allowed (codes by comma) when one side is a name with a closed set
	ProblemMaybeMissing  = "maybe_missing"    // name ("" = the part), op
	ProblemArgCount      = "arg_count"        // name, want, got
	ProblemRoundIndex    = "round_index"      // name: name[1] for one round of a block
	ProblemNoSuchDay     = "no_such_day"      // got
	ProblemAmbiguousWord = "ambiguous_word"   // word, of: both a name and a choice code here; quote it or rename it
)

// Problem is one mistake in an expression. It carries no text for people.
type Problem struct {
	Offset, Length int // bytes in the source
	Code           string
	Args           map[string]string
}

// Expr is a checked expression, safe for concurrent use.
//
// Missing answers follow FHIR's enableWhen and questionnaire rules: == and
// order comparisons with a missing answer are false, != is true, has and in
// are false, not of that is true; "x or y" of anything but conditions is the
// first that is not empty; arithmetic with a missing answer is missing, and so
// is a division by zero. Dates compare by day unless both carry a time (or a
// part of the day).
type Expr struct {
	src   string
	typ   Type
	names []string
	eval  func(Env) Value
	root  *node
}

// Compile reads and checks a source. With problems the expression is nil.
func Compile(src string, scope Scope, funcs map[string]Function) (*Expr, []Problem) {
	return compile(src, scope, funcs, false)
}

// CompileCondition is Compile for places that want a condition (when, next,
// check, classify): a result that is no condition is a problem.
func CompileCondition(src string, scope Scope, funcs map[string]Function) (*Expr, []Problem) {
	return compile(src, scope, funcs, true)
}

// Eval computes the value.
func (e *Expr) Eval(env Env) Value { return e.eval(env) }

// True computes the truth of the value (Value.Truth).
func (e *Expr) True(env Env) bool { return e.eval(env).Truth() }

// Names lists the names that the expression reads, sorted, each once.
func (e *Expr) Names() []string { return e.names }

// Type is the type of the result.
func (e *Expr) Type() Type { return e.typ }

// Source is what was compiled.
func (e *Expr) Source() string { return e.src }
