package flows

import (
	"maps"
	"sync/atomic"

	"github.com/vrep/vrep/flows/answer"
)

// ListEntry is one entry of a list that comes from outside the folder.
type ListEntry struct {
	Code, Label string
	Aka         []string
	Columns     map[string]string // city, province … as in the files of lists/
}

// Feed holds lists that stand in place of those of the folder, such as the hospitals of the master data. It may be changed while talks run: a turn sees
// one state of it from its beginning to its end.
type Feed struct {
	lists atomic.Pointer[map[string]*List]
}

// Set puts a list in place of the folder's list of the same id. No entries: the folder's own counts again.
func (f *Feed) Set(lib *Library, id string, entries []ListEntry) {
	next := maps.Clone(f.now())
	if next == nil {
		next = map[string]*List{}
	}
	delete(next, id)
	if len(entries) > 0 {
		next[id] = lib.fedList(id, entries)
	}
	f.lists.Store(&next)
}

// now is the state of this moment.
func (f *Feed) now() map[string]*List {
	if f == nil || f.lists.Load() == nil {
		return nil
	}
	return *f.lists.Load()
}

// WithFeed returns an engine whose look-ups use the lists of a feed.
func (e *Engine) WithFeed(f *Feed) *Engine {
	c := *e.root()
	c.feed = f
	return c.joined()
}

// fedList makes a list of entries.
func (lib *Library) fedList(id string, entries []ListEntry) *List {
	list := &List{ID: id, Items: make([]Choice, len(entries)), byCode: make(map[string]int, len(entries))}
	index := make([]answer.Entry, len(entries))
	for i, e := range entries {
		list.Items[i] = Choice{Code: e.Code, Label: e.Label, Aka: e.Aka, extra: e.Columns}
		list.byCode[e.Code] = i
		index[i] = answer.Entry{ID: e.Code, Label: e.Label, Aka: lib.aka(e.Label, e.Aka), Note: e.Columns["city"]}
	}
	list.index = lib.reader.NewIndex(index)
	return list
}

// fedList is the list from outside for a look-up, nil when its entries are the folder's.
func (t *turn) fedList(q *Question) *List {
	if q.Type != "lookup" || q.List == "" {
		return nil
	}
	return t.fed[q.List]
}
