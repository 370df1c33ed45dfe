package flows

import (
	"hash/fnv"
	"strconv"
	"strings"
)

// maxQuestionID is how long the name of a question may be in the doctor's records, in bytes: the width of their column.
const maxQuestionID = 96

// questionID names a question in the doctor's records: its id; in a round block[1].id, in nested ones outer[1].inner[2].id; inside a called or pushed
// flow with the flow's name in front, from its second run in a talk on with the number of the run: flow[2].id.
func (t *turn) questionID(frame int, id string) string { return recordID(t.prefix(frame), id) }

// prefix is what stands before the ids of a frame of the stack.
func (t *turn) prefix(frame int) string {
	base := frame
	for base > 0 && t.st.Frames[base].R > 0 {
		base--
	}
	p := ""
	if base > 0 {
		p = t.st.Frames[base].within("")
	}
	for i := base + 1; i <= frame; i++ {
		p = t.st.Frames[i].within(p)
	}
	return p
}

// within is what stands before the ids of a frame that stands on, or returned to, one with a prefix.
func (f *Frame) within(prefix string) string {
	switch {
	case f.R > 0:
		return prefix + f.Call + "[" + strconv.Itoa(f.R) + "]."
	case f.Run > 1:
		return f.Flow + "[" + strconv.Itoa(f.Run) + "]."
	}
	return f.Flow + "."
}

// recordID joins prefix and id. Flows that lint refuses may go beyond the width: their ids end in a number drawn from the whole.
func recordID(prefix, id string) string {
	if prefix == "" {
		return id
	}
	full := prefix + id
	if len(full) <= maxQuestionID {
		return full
	}
	h := fnv.New32a()
	h.Write([]byte(full))
	tail := "~" + strconv.FormatUint(uint64(h.Sum32()), 36)
	return full[:maxQuestionID-len(tail)] + tail
}

// bareID is a question's name without the numbers of rounds and runs.
func bareID(id string) string {
	if !strings.Contains(id, "[") {
		return id
	}
	var b strings.Builder
	for {
		head, rest, ok := strings.Cut(id, "[")
		b.WriteString(head)
		if !ok {
			return b.String()
		}
		_, id, _ = strings.Cut(rest, "]")
	}
}

// runNumber is the number of the next run of a flow that is called, or stands on top of another talk: the lowest that no answer of this talk carries.
func (t *turn) runNumber(flow string) int {
	n := t.st.Gone[flow] + 1
	for t.numbered(t.st.Frames, flow, n, true) {
		n++
	}
	if n == 1 {
		return 0
	}
	return n
}

func (t *turn) numbered(frames []Frame, flow string, n int, stack bool) bool {
	for i := range frames {
		f := &frames[i]
		if f.R == 0 && f.Flow == flow && max(f.Run, 1) == n && !(stack && i == 0) {
			return true
		}
		if t.numbered(f.Subs, flow, n, false) {
			return true
		}
	}
	return false
}

// gone remembers the run numbers of frames that leave the talk while it goes on.
func (t *turn) gone(frames ...Frame) {
	for i := range frames {
		if f := &frames[i]; f.R == 0 {
			if t.st.Gone == nil {
				t.st.Gone = map[string]int{}
			}
			t.st.Gone[f.Flow] = max(t.st.Gone[f.Flow], f.Run, 1)
		}
		t.gone(frames[i].Subs...)
	}
}
