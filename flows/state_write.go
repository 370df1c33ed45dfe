package flows

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vrep/vrep/flows/cond"
)

// MarshalJSON writes what encoding/json would write for the fields, byte for byte; a turn writes its state once, and reflection took most of its time.
func (st State) MarshalJSON() ([]byte, error) {
	w := &stateWriter{b: make([]byte, 0, 128+size(st.Frames))}
	w.open('{')
	w.number("t", st.Talk)
	w.number("a", st.At)
	w.frames("f", st.Frames)
	if st.Ask != nil {
		w.other("q", st.Ask)
	}
	w.number("z", int64(st.Asleep))
	w.text("c", st.Case)
	if st.Held != nil {
		w.other("h", st.Held)
	}
	if len(st.Agreed) > 0 {
		w.other("g", st.Agreed)
	}
	w.texts("l", st.Led)
	if len(st.Wait) > 0 {
		w.other("w", st.Wait)
	}
	if len(st.Past) > 0 {
		w.other("p", st.Past)
	}
	w.number("r", int64(st.Told))
	if len(st.Gone) > 0 {
		w.other("n", st.Gone)
	}
	w.text("u", st.Lang)
	w.text("o", st.Then)
	w.b = append(w.b, '}')
	return w.b, w.err
}

// size guesses how many bytes frames take.
func size(frames []Frame) int {
	n := 0
	for i := range frames {
		f := &frames[i]
		n += 160 + 40*(len(f.Old)+len(f.Vars)+len(f.In)) + size(f.Subs) + size(f.Off)
		for k := range f.Got {
			n += 24 + len(f.Got[k].Q) + len(f.Got[k].L)
		}
		for k := range f.Log {
			n += 17 + len(f.Log[k].N)
		}
	}
	return n
}

// stateWriter appends members of objects; empty ones are left out, as "omitempty" does.
type stateWriter struct {
	b   []byte
	err error
}

func (w *stateWriter) open(c byte) { w.b = append(w.b, c) }

// comma stands between members and items.
func (w *stateWriter) comma() {
	if c := w.b[len(w.b)-1]; c != '{' && c != '[' {
		w.b = append(w.b, ',')
	}
}

func (w *stateWriter) key(k string) {
	w.comma()
	w.b = append(append(append(w.b, '"'), k...), '"', ':')
}

func (w *stateWriter) number(k string, n int64) {
	if n != 0 {
		w.key(k)
		w.b = strconv.AppendInt(w.b, n, 10)
	}
}

func (w *stateWriter) flag(k string, on bool) {
	if on {
		w.key(k)
		w.b = append(w.b, "true"...)
	}
}

func (w *stateWriter) text(k, s string) {
	if s != "" {
		w.key(k)
		w.string(s)
	}
}

func (w *stateWriter) texts(k string, list []string) {
	if len(list) == 0 {
		return
	}
	w.key(k)
	w.strings(list)
}

func (w *stateWriter) strings(list []string) {
	w.open('[')
	for _, s := range list {
		w.comma()
		w.string(s)
	}
	w.b = append(w.b, ']')
}

// Signs within a text.
const (
	asIs    = iota
	escaped // encoding/json writes them differently
	high    // part of a longer sign
)

var signs = func() (t [256]byte) {
	for c := range t {
		switch {
		case c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&':
			t[c] = escaped
		case c >= utf8.RuneSelf:
			t[c] = high
		}
	}
	return t
}()

// string writes a text; what needs an escape is left to encoding/json.
func (w *stateWriter) string(s string) {
	var seen byte
	for i := range len(s) {
		seen |= signs[s[i]]
	}
	if seen&escaped != 0 || seen&high != 0 && (!utf8.ValidString(s) || strings.ContainsAny(s, "\u2028\u2029")) {
		w.any(s)
		return
	}
	w.b = append(append(append(w.b, '"'), s...), '"')
}

// other writes a member that is rare.
func (w *stateWriter) other(k string, v any) {
	w.key(k)
	w.any(v)
}

func (w *stateWriter) any(v any) {
	data, err := json.Marshal(v)
	if err != nil {
		w.err = err
	}
	w.b = append(w.b, data...)
}

func (w *stateWriter) value(k string, v Value) {
	w.key(k)
	switch f := v.Num(); {
	case v.Kind() == cond.KindText:
		w.string(v.Str())
	case v.Kind() == cond.KindNumber && f == math.Trunc(f) && math.Abs(f) < 1e15:
		w.b = strconv.AppendInt(w.b, int64(f), 10)
	case v.Kind() == cond.KindList && !v.IsEmpty():
		w.open('[')
		v.Each(func(item string) {
			w.comma()
			w.string(item)
		})
		w.b = append(w.b, ']')
	default:
		w.any(v)
	}
}

func (w *stateWriter) frames(k string, frames []Frame) {
	if len(frames) == 0 {
		return
	}
	w.key(k)
	w.open('[')
	for i := range frames {
		w.comma()
		w.frame(&frames[i])
	}
	w.b = append(w.b, ']')
}

func (w *stateWriter) frame(f *Frame) {
	w.open('{')
	w.text("f", f.Flow)
	w.text("h", f.Hash)
	w.number("p", int64(f.P))
	w.text("q", f.Q)
	w.text("m", f.Mode)
	if f.Draft != nil {
		w.other("d", f.Draft)
	}
	w.texts("k", f.Cand)
	w.number("t", int64(f.Tries))
	w.flag("b", f.Probed)
	w.text("c", f.Call)
	w.number("r", int64(f.R))
	w.number("y", int64(f.Run))
	w.flag("o", f.Own)
	w.number("z", int64(f.Sleep))
	w.gots("a", f.Got)
	w.gots("e", f.Old)
	w.vars("v", f.Vars)
	w.vars("i", f.In)
	w.marks(f.Log)
	if len(f.Visits) > 0 {
		w.other("n", f.Visits)
	}
	w.texts("w", f.Carry)
	w.text("u", f.Stay)
	w.frames("s", f.Subs)
	w.frames("x", f.Off)
	w.text("j", f.Case)
	w.b = append(w.b, '}')
}

func (w *stateWriter) gots(k string, list []Got) {
	if len(list) == 0 {
		return
	}
	w.key(k)
	w.open('[')
	for i := range list {
		w.comma()
		w.got(&list[i])
	}
	w.b = append(w.b, ']')
}

func (w *stateWriter) got(g *Got) {
	w.b = append(w.b, `{"q":`...)
	w.string(g.Q)
	w.value("v", g.V)
	w.text("l", g.L)
	w.flag("k", g.Known)
	w.flag("u", g.Unknown)
	w.b = append(w.b, '}')
}

func (w *stateWriter) vars(k string, list []Var) {
	if len(list) == 0 {
		return
	}
	w.key(k)
	w.open('[')
	for i := range list {
		w.comma()
		w.b = append(w.b, `{"n":`...)
		w.string(list[i].N)
		w.value("v", list[i].V)
		w.text("l", list[i].L)
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, ']')
}

func (w *stateWriter) marks(list []Mark) {
	if len(list) == 0 {
		return
	}
	w.key("l")
	w.open('[')
	for i := range list {
		m := &list[i]
		w.comma()
		w.b = append(w.b, `{"k":`...)
		w.string(m.K)
		w.text("n", m.N)
		if m.V != nil {
			w.value("v", *m.V)
		}
		w.text("l", m.L)
		w.text("b", m.B)
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, ']')
}
