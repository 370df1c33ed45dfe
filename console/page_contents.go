package console

import (
	"maps"
	"net/http"
	"slices"

	"github.com/vrep/vrep/store"
)

// contentRow is one item of the catalogue with its figures. An item that is no longer in the catalogue has no kind.
type contentRow struct {
	store.ContentFigures
	Title, Kind, ApprovalNo string
	Until                   int64 // last valid day, unix ms, 0 = no end
	Over                    bool
}

// contentList is what the page about contents shows.
type contentList struct {
	Rows    []contentRow
	Tracked bool // openings are counted
}

func (c *Console) pageContents(w http.ResponseWriter, v *request) error {
	figures, err := c.store.ContentFigures(v.Context())
	if err != nil {
		return err
	}
	list := contentList{Tracked: c.doctors.Links != nil}
	if c.library != nil {
		for _, item := range c.library().Contents() {
			row := contentRow{ContentFigures: figures[item.ID], Title: item.Title, Kind: item.Kind, ApprovalNo: item.ApprovalNo}
			row.Over = !item.Allowed(max(item.Audience, store.LevelVerified), c.now().In(c.zone))
			if !item.Until.IsZero() {
				row.Until = item.Until.UnixMilli()
			}
			list.Rows = append(list.Rows, row)
			delete(figures, item.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(figures)) {
		list.Rows = append(list.Rows, contentRow{ContentFigures: figures[id], Title: id})
	}
	return c.show(w, v, "contents", list)
}
