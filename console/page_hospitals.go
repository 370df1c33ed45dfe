package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/vrep/vrep/master"
	"github.com/vrep/vrep/store"
)

// hospitalsPerPage is the number of rows of the list; doctorsPerHospital that of the doctors on a hospital's page.
const (
	hospitalsPerPage   = 50
	doctorsPerHospital = 100
)

// masterWords are the groups of words that the spreadsheets of master data bring: group of the console → group there.
var masterWords = map[string]string{
	"hlevel": "level", "hgrade": "grade", "ownership": "ownership", "hkind": "hospital_kind", "lifecycle": "lifecycle", "control": "control_class",
	"batchkind": "batch_kind", "batchstatus": "batch_status", "access": "access", "pricekind": "price_kind",
}

// learnMaster takes over what the spreadsheets call their codes.
func (w words) learnMaster() {
	for group, from := range masterWords {
		w[group] = master.Codes(from)
	}
}

// hospitalList is what the list of hospitals shows.
type hospitalList struct {
	store.HospitalList
	Query      store.HospitalQuery
	Filtered   bool
	Provinces  []string
	Products   []store.Product
	States     []string
	Levels     []string
	Prev, Next string
	Running    bool
}

var accessStates = []string{store.AccessUntouched, store.AccessTouched, store.AccessIntent, store.AccessScheduled, store.AccessAdmitted, store.AccessBought, store.AccessStopped}

func (c *Console) pageHospitals(w http.ResponseWriter, v *request) error {
	form := v.URL.Query()
	q := store.HospitalQuery{
		Search: strings.TrimSpace(cut(strings.ToValidUTF8(form.Get("q"), ""), 128)), Province: form.Get("province"), Level: form.Get("level"),
		Product: form.Get("product"), State: form.Get("state"), White: form.Get("white") == "1", Size: hospitalsPerPage,
	}
	list := hospitalList{States: accessStates, Levels: c.words.codes("hlevel")}
	var err error
	if list.Products, err = c.store.Products(v.Context()); err != nil {
		return err
	}
	if q.Product == "" && (q.State != "" || q.White) && len(list.Products) > 0 {
		q.Product = list.Products[0].ID
	}
	if page, err := strconv.Atoi(form.Get("page")); err == nil {
		q.Page = page
	}
	if list.Provinces, err = c.store.Provinces(v.Context()); err != nil {
		return err
	}
	if list.HospitalList, err = c.store.HospitalPage(v.Context(), q); err != nil {
		return err
	}
	list.Query, list.Running = q, c.filling(v)
	list.Filtered = q.Search != "" || q.Province != "" || q.Level != "" || q.State != "" || q.White
	if list.Page > 1 {
		list.Prev = list.address(list.Page - 1)
	}
	if list.Page < list.Pages {
		list.Next = list.address(list.Page + 1)
	}
	return c.show(w, v, "hospitals", list)
}

// address is the list with the same filters at another page.
func (l hospitalList) address(page int) string {
	q := url.Values{"page": {strconv.Itoa(page)}}
	for key, value := range map[string]string{"q": l.Query.Search, "province": l.Query.Province, "level": l.Query.Level, "product": l.Query.Product, "state": l.Query.State} {
		if value != "" {
			q.Set(key, value)
		}
	}
	if l.Query.White {
		q.Set("white", "1")
	}
	return "/console/hospitals?" + q.Encode()
}

// codes lists the codes of a group in order.
func (w words) codes(group string) []string {
	var out []string
	for code := range w[group] {
		out = append(out, code)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(-cmp.Compare(a[:1], b[:1]), cmp.Compare(a, b)) })
	return out
}

// filling tells whether an import, or the sample of the demo, is being written.
func (c *Console) filling(v *request) bool {
	rows, err := c.store.Imports(v.Context(), 5)
	return err == nil && slices.ContainsFunc(rows, func(im store.Import) bool { return im.Status == store.ImportRunning })
}

// hospitalPage is what the page of one hospital shows.
type hospitalPage struct {
	Hospital store.Hospital
	Rule     store.ReceptionRule
	Aliases  []string
	Access   []store.HospitalAccess
	Products map[string]string
	Batches  map[string]string
	Doctors  []store.Doctor
	Total    int64
	Reps     []store.RepEntry
	Into     string // name of the hospital that stands for it
}

func (c *Console) pageHospital(w http.ResponseWriter, v *request) error {
	h, err := c.store.Hospital(v.Context(), v.PathValue("id"))
	if err != nil {
		return err
	}
	p := hospitalPage{Hospital: h, Rule: h.Rule(), Aliases: h.Names()[1:], Products: map[string]string{}, Batches: map[string]string{}}
	if h.MergedInto != "" {
		if into, err := c.store.StandingHospital(v.Context(), h.ID); err == nil {
			p.Into, p.Hospital.MergedInto = into.Name, into.ID
		}
	}
	if p.Access, err = c.store.AccessOf(v.Context(), h.ID); err != nil {
		return err
	}
	if p.Doctors, p.Total, err = c.store.DoctorsAt(v.Context(), h.ID, doctorsPerHospital); err != nil {
		return err
	}
	if p.Reps, err = c.store.RepsOf(v.Context(), h); err != nil {
		return err
	}
	products, err := c.store.Products(v.Context())
	if err != nil {
		return err
	}
	for _, one := range products {
		p.Products[one.ID] = one.Name
	}
	batches, err := c.store.BatchList(v.Context())
	if err != nil {
		return err
	}
	for _, one := range batches {
		p.Batches[one.ID] = one.Name
	}
	return c.show(w, v, "hospital", p)
}

// productPage is what the page about products, procurement and prices shows.
type productPage struct {
	Products []store.Product
	Batches  map[string][]store.Batch // by product
	Prices   map[string][]store.Price
	Now      int64
}

func (c *Console) pageProducts(w http.ResponseWriter, v *request) error {
	p := productPage{Batches: map[string][]store.Batch{}, Prices: map[string][]store.Price{}, Now: c.now().UnixMilli()}
	var err error
	if p.Products, err = c.store.Products(v.Context()); err != nil {
		return err
	}
	batches, err := c.store.BatchList(v.Context())
	if err != nil {
		return err
	}
	for _, b := range batches {
		p.Batches[b.Product] = append(p.Batches[b.Product], b)
	}
	prices, err := c.store.PriceList(v.Context())
	if err != nil {
		return err
	}
	for _, one := range prices {
		p.Prices[one.Product] = append(p.Prices[one.Product], one)
	}
	return c.show(w, v, "products", p)
}
