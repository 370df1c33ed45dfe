// Package cond is the condition and expression language of the flow files:
// parsed once by recursive descent, checked against the types of the names in
// scope, compiled to closures and evaluated without loops or I/O.
//
// It refuses to know what a name or a function means (a Scope types names, an
// Env values them, the caller brings functions) and it writes no message for
// people: a Problem carries a code and its arguments.
//
// Invariants: Compile and Eval never panic; the same expression, values and
// clock always give the same result; a missing answer is None and follows the
// FHIR rules (see Expr).
package cond

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Kind is the kind of a value or of a static type.
type Kind uint8

// Kinds. In a Type, KindNone means "anything, not checked", KindDate marks ISO dates
// (which are texts at run time, so that they survive JSON unchanged), KindRef
// marks a function argument that takes the name of an answer, not its value, and
// KindDays one that takes a number of days written as 90d (a number at run time).
const (
	KindNone Kind = iota
	KindBool
	KindNumber
	KindText
	KindList
	KindDate
	KindRef
	KindDays
)

// String returns the machine name of the kind, used in Problem arguments.
func (k Kind) String() string {
	switch k {
	case KindBool:
		return "bool"
	case KindNumber:
		return "number"
	case KindText:
		return "text"
	case KindList:
		return "list"
	case KindDate:
		return "date"
	case KindRef:
		return "name"
	case KindDays:
		return "days"
	default:
		return "any"
	}
}

// listMark separates the items of a list inside Value.str. It is a control
// character that no answer keeps.
const listMark = "\x1f"

// Value is an answer or a computed value: nothing, a truth value, a number, a
// text (choice code, free text or ISO date) or a list of texts. It is small,
// immutable and comparable with ==.
type Value struct {
	kind Kind
	num  float64 // number; 1 for true; number of items of a list
	str  string
}

// None is the missing answer; it is the zero Value.
func None() Value { return Value{} }

// Text makes a text.
func Text(s string) Value { return Value{kind: KindText, str: s} }

// Number makes a number; NaN and infinities become the missing value.
func Number(f float64) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Value{}
	}
	return Value{kind: KindNumber, num: f + 0} // never -0
}

// Bool makes a truth value.
func Bool(b bool) Value {
	if b {
		return Value{kind: KindBool, num: 1}
	}
	return Value{kind: KindBool}
}

// List makes a list of texts; U+001F inside an item is dropped.
func List(items ...string) Value {
	for i, it := range items {
		if strings.Contains(it, listMark) {
			clean := append([]string(nil), items...)
			for j := i; j < len(clean); j++ {
				clean[j] = strings.ReplaceAll(clean[j], listMark, "")
			}
			items = clean
			break
		}
	}
	return Value{kind: KindList, num: float64(len(items)), str: strings.Join(items, listMark)}
}

// Kind returns KindNone, KindBool, KindNumber, KindText or KindList.
func (v Value) Kind() Kind { return v.kind }

// IsNone reports a missing answer.
func (v Value) IsNone() bool { return v.kind == KindNone }

// IsEmpty reports a missing answer, an empty text or an empty list.
func (v Value) IsEmpty() bool {
	switch v.kind {
	case KindNone:
		return true
	case KindText:
		return v.str == ""
	case KindList:
		return v.num == 0
	default:
		return false
	}
}

// Num returns the number, 1 or 0 for a truth value, else 0.
func (v Value) Num() float64 {
	if v.kind == KindNumber || v.kind == KindBool {
		return v.num
	}
	return 0
}

// Truth returns the truth of v: true, a number other than 0, and the code yes
// of a yes-or-no question are true, everything else is false.
func (v Value) Truth() bool {
	switch v.kind {
	case KindBool, KindNumber:
		return v.num != 0
	case KindText:
		return v.str == "yes" || v.str == "true"
	default:
		return false
	}
}

// clean rounds to a number of significant digits, so that 0.1 + 0.2 is 0.3 for people.
func clean(f float64, digits int) float64 {
	c, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', digits, 64), 64)
	if err != nil {
		return f
	}
	return c
}

// Str prints the value: the text itself, a number without needless digits,
// true or false, list items joined by a comma, nothing for a missing answer.
func (v Value) Str() string {
	switch v.kind {
	case KindText:
		return v.str
	case KindNumber:
		return strconv.FormatFloat(clean(v.num, 12), 'f', -1, 64)
	case KindBool:
		return strconv.FormatBool(v.num != 0)
	case KindList:
		return strings.ReplaceAll(v.str, listMark, ",")
	default:
		return ""
	}
}

// Items returns the items of a list, a text as its only item, else nil.
func (v Value) Items() []string {
	switch {
	case v.kind == KindText:
		return []string{v.str}
	case v.kind != KindList || v.num == 0:
		return nil
	default:
		return strings.Split(v.str, listMark)
	}
}

// Each calls do for every item, as Items lists them.
func (v Value) Each(do func(item string)) {
	switch {
	case v.kind == KindText:
		do(v.str)
	case v.kind == KindList && v.num > 0:
		for item := range strings.SplitSeq(v.str, listMark) {
			do(item)
		}
	}
}

// Has reports whether a list contains item; a text contains itself.
func (v Value) Has(item string) bool {
	if v.kind == KindText {
		return v.str == item
	}
	if v.kind != KindList || v.num == 0 {
		return false
	}
	for rest := v.str; ; {
		head, tail, more := strings.Cut(rest, listMark)
		if head == item {
			return true
		}
		if !more {
			return false
		}
		rest = tail
	}
}

// Equal reports whether both are the same value; numbers are compared with a
// relative tolerance of 1e-9, two missing values are equal.
func (v Value) Equal(w Value) bool {
	if v.kind == KindNumber && w.kind == KindNumber {
		return nearly(v.num, w.num)
	}
	return v == w
}

func nearly(a, b float64) bool {
	return a == b || math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b))
}

// MarshalJSON writes null, true, 12, "x" or ["a","b"].
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.kind {
	case KindBool:
		return strconv.AppendBool(nil, v.num != 0), nil
	case KindNumber:
		return json.Marshal(clean(v.num, 15))
	case KindText:
		return json.Marshal(v.str)
	case KindList:
		items := v.Items()
		if items == nil {
			items = []string{}
		}
		return json.Marshal(items)
	default:
		return []byte("null"), nil
	}
}

// errJSON refuses JSON that no value has.
var errJSON = errors.New("cond: not a value")

// UnmarshalJSON reads what MarshalJSON writes; objects and lists of anything
// but texts are errors.
func (v *Value) UnmarshalJSON(b []byte) error {
	var raw any
	if err := json.Unmarshal(b, &raw); err != nil {
		return fmt.Errorf("reading value: %w", err)
	}
	switch x := raw.(type) {
	case nil:
		*v = Value{}
	case bool:
		*v = Bool(x)
	case float64:
		*v = Number(x)
	case string:
		*v = Text(x)
	case []any:
		items := make([]string, len(x))
		for i, it := range x {
			s, ok := it.(string)
			if !ok {
				return errJSON
			}
			items[i] = s
		}
		*v = List(items...)
	default:
		return errJSON
	}
	return nil
}

// item reports a value that may be an item of a list.
func (v Value) item() bool { return v.kind == KindText || v.kind == KindNumber }

// Sum adds up a number, or the items of a list that are numbers; anything else counts as 0.
func (v Value) Sum() float64 {
	if v.kind != KindList {
		return v.Num()
	}
	total := 0.0
	for _, it := range v.Items() {
		if f, ok := number(it); ok {
			total += f
		}
	}
	return total
}

// number reads an item of a list.
func number(s string) (float64, bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}
