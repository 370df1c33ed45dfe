package bot

import "testing"

func TestRecallIsExactAndUsedOnce(t *testing.T) {
	r := newRecall()
	r.keep("a", snapshot{Seq: 3})
	if r.take("b", 3) != nil {
		t.Error("another conversation got the snapshot")
	}
	if s := r.take("a", 3); s == nil || s.Seq != 3 {
		t.Fatalf("the snapshot is gone: %+v", s)
	}
	if r.take("a", 3) != nil {
		t.Error("a snapshot was used twice")
	}
	r.keep("a", snapshot{Seq: 4})
	if r.take("a", 5) != nil {
		t.Error("a snapshot of another turn was used")
	}
}
