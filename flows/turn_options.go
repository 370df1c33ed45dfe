package flows

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// mostPoints is the longest scale whose points are offered one by one: 0 to 10.
const mostPoints = 11

// mostMark is the longest number or key before an option, in characters.
const mostMark = 4

// offer notes what can be chosen in answer to the pending question, as its text prints it. What an author has numbered himself is no offer.
func (t *turn) offer(p *Pending, s *Step) {
	for i := range t.st.Frames {
		p.Passed += len(t.st.Frames[i].Log)
	}
	if t.st.Ask != nil {
		p.Options, p.Press = printedOptions(p.Asked), true
		return
	}
	if s == nil {
		return
	}
	f, q := t.top(), s.Body.(*Question)
	switch {
	case f.Mode == modePick, f.Mode == modeKnown:
		p.Options, p.Press = printedOptions(p.Asked), true
	case f.Mode != modePlain, q.Form == "plain":
	case q.Type == "scale":
		p.Options, p.Press = t.points(f, q), true
	case q.Type == "one", q.Type == "yesno", q.Type == "consent":
		p.Options, p.Press = printedOptions(p.Asked), true
	case q.Type == "many", q.Type == "rank":
		p.Options = printedOptions(p.Asked)
	}
}

// printedOptions are the options in the last lines of a question.
func printedOptions(asked string) []Option {
	lines := strings.Split(asked, "\n")
	var out []Option
	for _, line := range slices.Backward(lines) {
		mark, label, ok := strings.Cut(line, ". ")
		ok = ok && mark != "" && label != "" && utf8.RuneCountInString(mark) <= mostMark && !strings.ContainsAny(mark, " \t")
		if !ok && out != nil {
			break
		}
		if ok {
			out = append(out, Option{Mark: mark, Label: label})
		}
	}
	slices.Reverse(out)
	return out
}

// points are the numbers of a short scale.
func (t *turn) points(f *Frame, q *Question) []Option {
	low, high := t.limits(f, q)
	if low == nil || high == nil || !q.whole() || *low != math.Trunc(*low) || (*high-*low)/q.Step >= mostPoints {
		return nil
	}
	var out []Option
	for n := *low; n <= *high; n += q.Step {
		out = append(out, Option{Mark: ftoa(n)})
	}
	return out
}

// lapsed answers the press of an option of an earlier question: it is no answer to the present one, which is said again. What it says about drug safety
// is heard all the same, unless a report is being filled in.
func (t *turn) lapsed(label string) {
	t.out.Accepted = false
	switch {
	case !t.urgent() && t.listenReports(label):
	case t.st.Asleep > 0:
		if t.st.Asleep == 1 {
			t.st.Asleep = 2
			t.sayLine("human_waiting")
		}
	case t.renewed != "":
		t.renew()
	case t.pendingStep() != nil || t.st.Ask != nil:
		t.sayLine("lapsed")
		t.prompt()
	case len(t.st.Frames) > 0:
		t.advance()
	case t.facts.OptedOut:
		t.sayLine("opted_out_again")
	default:
		t.sayLine("lapsed_idle")
	}
}
