package session

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMergeKeepsNewerState(t *testing.T) {
	old := merge(nil, 7, []byte("seven"), "k7", []byte("r7"))
	r, err := decode(merge(old, 6, []byte("six"), "k6", []byte("r6")))
	if err != nil {
		t.Fatal(err)
	}
	want := Record{Seq: 7, State: []byte("seven"), Recent: []Seen{{Key: "k6", Reply: []byte("r6")}, {Key: "k7", Reply: []byte("r7")}}}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("older turn merged (-want +got):\n%s", diff)
	}
}

func TestMergeTwiceIsOnce(t *testing.T) {
	once := merge(merge(nil, 1, []byte("a"), "k1", nil), 2, []byte("b"), "k2", []byte("您好"))
	if twice := merge(once, 2, []byte("b"), "k2", []byte("您好")); !bytes.Equal(once, twice) {
		t.Errorf("second merge changed the record:\n%q\n%q", once, twice)
	}
}

func TestMergeForgetsOldMessages(t *testing.T) {
	var raw []byte
	for i := range 40 {
		raw = merge(raw, int64(i+1), nil, fmt.Sprint("k", i), []byte("好"))
	}
	r, err := decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Recent) != maxSeen || r.Recent[0].Key != "k39" || r.Recent[maxSeen-1].Key != "k24" {
		t.Errorf("remembered %d from %q to %q, want the last %d", len(r.Recent), r.Recent[0].Key, r.Recent[len(r.Recent)-1].Key, maxSeen)
	}
	long := bytes.Repeat([]byte("x"), 700)
	for i := range 10 {
		raw = merge(raw, int64(50+i), nil, fmt.Sprint("l", i), long)
	}
	if len(raw) > headSize+maxSeenBytes {
		t.Errorf("record has %d bytes", len(raw))
	}
}

func TestMergeTakesCorruptAsNothing(t *testing.T) {
	r, err := decode(merge([]byte("{}"), 3, []byte("s"), "k", nil))
	if err != nil || r.Seq != 3 || string(r.State) != "s" {
		t.Errorf("got %+v, %v", r, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{})
	f.Add(merge(nil, 1, []byte(`{"at":"q1"}`), "m|wx|1", []byte(`{"text":"您好"}`)))
	f.Add(append(encodeHead(1<<40, nil), 0, 0, 0, 9, 200, 1))
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0, 1, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := decode(raw)
		if err != nil {
			return
		}
		var again []byte
		again = append(again, encodeHead(r.Seq, r.State)...)
		for _, s := range r.Recent {
			e := encodeSeen(s.Key, s.Reply)
			if e == nil {
				return // longer than we would write
			}
			again = append(again, e...)
		}
		if !bytes.Equal(raw, again) {
			t.Errorf("decoded %q encodes to %q", raw, again)
		}
	})
}
