package flows

import (
	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// image: a picture; the value is the platform's media id.
func kindImage() *questionKind { return mediaKind("image", InImage, "said_image") }

// mediaKind is a question that a message of one kind answers; no words do. line is what people read for an answer that came without words.
func mediaKind(name string, takes InputKind, line string) *questionKind {
	return &questionKind{
		name: name, takes: takes,
		typ:   func(*Question) cond.Type { return cond.Type{Kind: cond.KindText} },
		print: func(*turn, *Frame, *Step) string { return "" },
		read:  func(*turn, *Frame, *Step, string) answer.Reading { return answer.Reading{Status: answer.Unclear} },
		label: func(e *Engine, _ *Question, _ Value) string { return e.lib.line(line) },
	}
}

// attached takes the picture, the recording or the place that came as the answer to the question that waits for one; false when it does not fit.
func (t *turn) attached(f *Frame, s *Step) bool {
	q := s.Body.(*Question)
	value := t.in.Media
	switch takes := q.kind.takes; {
	case takes == "":
		return false
	case takes == InLocation:
		value = t.in.Place
	}
	spoken := q.kind.takes == InVoice && t.in.Kind == InText // a voice message with recognised words
	if value == "" || t.in.Kind != q.kind.takes && !spoken {
		return false
	}
	if f.Mode != modePlain {
		tries := f.Tries
		f.calm()
		f.Q, f.Tries = s.ID, tries
	}
	t.take(f, s, Draft{Got: Got{Q: s.ID, V: cond.Text(value), L: t.in.Text}, Raw: t.in.Text, How: string(q.kind.takes)}, q.Confirm != nil)
	return true
}
