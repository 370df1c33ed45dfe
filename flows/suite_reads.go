package flows

import (
	"go.yaml.in/yaml/v4"
)

// readRow is one answer that a question is to understand, or to refuse.
type readRow struct {
	question string
	text     string
	want     *yaml.Node // null = refused
	at       place
}

// reads reads a table of answers: reads: {question: {answer: value, another: null}}.
func (b *binder) reads(o *object) []readRow {
	n := o.keys["reads"]
	if n == nil {
		return nil
	}
	var out []readRow
	b.pairs(n, func(question, rows *yaml.Node) {
		if rows.Kind != yaml.MappingNode {
			b.add(rows, "want_map")
			return
		}
		b.pairs(rows, func(text, want *yaml.Node) {
			out = append(out, readRow{question: question.Value, text: text.Value, want: want, at: b.at(text)})
		})
	})
	if o.has("chat") || o.has("fill") || o.has("from") || o.has("start") {
		b.add(o.key["reads"], "test_form", "what", "reads")
	}
	return out
}

// reads asks each question anew, with what is given, and looks at what becomes of the answer. What is read back is confirmed.
func (r *testRun) reads() {
	for i := range r.c.reads {
		row := &r.c.reads[i]
		one := r.s.newRun(r.j, r.n)
		one.e, one.keys = &Engine{lib: r.e.lib, watch: true, solo: true, old: r.e.old}, r.keys // no flow after this one: its end shows the answer
		one.read(row)
		r.sink.All = append(r.sink.All, one.sink.All...)
		if one.failed {
			r.failed, r.talk = true, one.talk
			return
		}
	}
}

// maxAdditions is how many read-backs and additions a row of reads goes through.
const maxAdditions = 12

func (r *testRun) read(row *readRow) {
	r.startFrom(row.question, row.at)
	if r.failed {
		return
	}
	if r.last.Pending.ID != row.question {
		r.fail(row.at, "test_at", "want", row.question, "got", orNone(r.last.Pending.ID), "near", "")
		return
	}
	r.tell(row.text)
	refuse := row.want.Style == 0 && row.want.Tag == "!!null"
	switch {
	case refuse && r.last.Accepted:
		r.fail(row.at, "test_taken", "question", row.question, "text", row.text, "got", r.last.Reply())
		return
	case !refuse && !r.last.Accepted:
		r.fail(row.at, "test_refused", "question", row.question, "text", row.text, "got", r.last.Reply())
		return
	case refuse:
		return
	}
	probed := false
	for range maxAdditions {
		top := len(r.st.Frames) - 1
		if r.failed || top < 0 || r.last.Pending.ID != row.question {
			break
		}
		switch f := &r.st.Frames[top]; {
		case f.Mode == modeValue, f.Mode == modeText:
			r.tell(r.e.lib.line("yes"))
		case f.Probed && !probed:
			probed = true
			r.tell(row.text)
		}
	}
	if !r.failed {
		r.answered(row.at, row.question, row.want)
	}
}
