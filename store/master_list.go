package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
)

// HospitalQuery narrows the list of hospitals. Zero values mean "all".
type HospitalQuery struct {
	Search   string // part of a name or another name, or a whole id
	Province string
	Level    string
	Product  string // with State or White: the product meant
	State    string // see the Access constants
	White    bool   // in the scope of a batch in force of the product, and not looked after: see whiteSpace
	Page     int    // from 1
	Size     int    // rows per page, 1 to 200
}

// HospitalRow is one line of the list of hospitals.
type HospitalRow struct {
	Hospital
	Doctors int64
	Access  map[string]HospitalAccess // by product
}

// HospitalList is one page of the list of hospitals, by province, city and name.
type HospitalList struct {
	Rows  []HospitalRow
	Total int64
	Page  int
	Pages int
}

// whiteAfter is how long a hospital may go without a visit before it counts as not looked after (a default of ours).
const whiteAfter = 90 * 24 * time.Hour

// HospitalPage reads one page of the list of hospitals. A page beyond the end gives the last one.
func (s *Store) HospitalPage(ctx context.Context, q HospitalQuery) (HospitalList, error) {
	size := min(max(q.Size, 1), 200)
	var out HospitalList
	filtered, err := s.hospitalFilter(ctx, q)
	if err != nil {
		return out, err
	}
	if err := filtered.Session(&gorm.Session{}).Count(&out.Total).Error; err != nil {
		return out, fmt.Errorf("counting hospitals: %w", err)
	}
	out.Pages = max(1, int((out.Total+int64(size)-1)/int64(size)))
	out.Page = min(max(q.Page, 1), out.Pages)
	var rows []Hospital
	err = filtered.Order("province").Order("city").Order("name").Order("id").Offset((out.Page - 1) * size).Limit(size).Find(&rows).Error
	if err != nil {
		return out, fmt.Errorf("reading hospitals: %w", err)
	}
	return out, s.hospitalRows(ctx, rows, &out)
}

func (s *Store) hospitalRows(ctx context.Context, rows []Hospital, out *HospitalList) error {
	ids := idsOf(rows, func(h Hospital) string { return h.ID })
	if len(ids) == 0 {
		return nil
	}
	var counts []struct {
		Hospital string
		N        int64
	}
	q, err := s.withinCount(ctx, s.read(ctx).Model(&Doctor{}).Where("account = ? AND hospital IN ? AND merged_into = ''", s.Account(), ids), "doctors.id")
	if err != nil {
		return err
	}
	if err := q.Select("hospital, COUNT(*) AS n").Group("hospital").Find(&counts).Error; err != nil {
		return fmt.Errorf("counting doctors: %w", err)
	}
	doctors := map[string]int64{}
	for _, c := range counts {
		doctors[c.Hospital] = c.N
	}
	var access []HospitalAccess
	if err := s.read(ctx).Where("account = ? AND hospital IN ?", s.Account(), ids).Find(&access).Error; err != nil {
		return fmt.Errorf("reading access: %w", err)
	}
	of := map[string]map[string]HospitalAccess{}
	for _, a := range access {
		if of[a.Hospital] == nil {
			of[a.Hospital] = map[string]HospitalAccess{}
		}
		of[a.Hospital][a.Product] = a
	}
	for _, h := range rows {
		out.Rows = append(out.Rows, HospitalRow{Hospital: h, Doctors: doctors[h.ID], Access: of[h.ID]})
	}
	return nil
}

func (s *Store) hospitalFilter(ctx context.Context, q HospitalQuery) (*gorm.DB, error) {
	db := s.read(ctx).Model(&Hospital{}).Where("account = ? AND merged_into = ''", s.Account())
	if q.Province != "" {
		db = db.Where("province = ?", q.Province)
	}
	if q.Level != "" {
		db = db.Where("level = ?", q.Level)
	}
	if text := strings.TrimSpace(q.Search); text != "" {
		like := "%" + escapeLike(text) + "%"
		db = db.Where("(name LIKE ? ESCAPE '!' OR aliases LIKE ? ESCAPE '!' OR id = ?)", like, like, text)
	}
	if q.Product != "" && q.State != "" {
		in := s.read(ctx).Model(&HospitalAccess{}).Select("hospital").Where(map[string]any{"account": s.Account(), "product": q.Product, "state": q.State})
		db = db.Where("id IN (?)", in)
	}
	if q.Product != "" && q.White {
		return s.whiteSpace(ctx, db, q.Product)
	}
	return db, nil
}

// whiteSpace narrows to hospitals that a batch in force obliges and nobody looks after: in its provinces, not yet touched, without a rep of their own, and
// without a visit for 90 days.
func (s *Store) whiteSpace(ctx context.Context, db *gorm.DB, product string) (*gorm.DB, error) {
	var batches []Batch
	now := s.Now()
	err := s.read(ctx).Where("account = ? AND product = ? AND status = 'won' AND begins_at <= ? AND (ends_at = 0 OR ends_at > ?)",
		s.Account(), product, now, now).Find(&batches).Error
	if err != nil {
		return nil, fmt.Errorf("reading batches: %w", err)
	}
	everywhere, provinces := false, []string{""}
	for _, b := range batches {
		where := b.Where()
		everywhere = everywhere || len(where) == 0
		provinces = append(provinces, where...)
	}
	if !everywhere {
		db = db.Where("province IN ?", provinces[min(1, len(provinces)-1):])
	}
	if len(batches) == 0 {
		return db.Where("1 = 0"), nil
	}
	mine := map[string]any{"account": s.Account()}
	touched := s.read(ctx).Model(&HospitalAccess{}).Select("hospital").Where(mine).Where("product = ? AND state NOT IN ?", product, []string{AccessUntouched, ""})
	owned := s.read(ctx).Model(&Territory{}).Select("value").Where(mine).Where("kind = ?", TerritoryHospital)
	visited := s.read(ctx).Model(&Visit{}).Select("doctors.hospital").Joins("JOIN doctors ON doctors.id = visits.doctor").
		Where("visits.account = ? AND visits.at > ?", s.Account(), now-whiteAfter.Milliseconds())
	return db.Where("id NOT IN (?) AND id NOT IN (?) AND id NOT IN (?)", touched, owned, visited), nil
}

// Provinces lists the provinces with hospitals.
func (s *Store) Provinces(ctx context.Context) ([]string, error) {
	var out []string
	err := s.read(ctx).Model(&Hospital{}).Where("account = ? AND merged_into = '' AND province <> ''", s.Account()).
		Distinct("province").Order("province").Pluck("province", &out).Error
	if err != nil {
		return nil, fmt.Errorf("reading provinces: %w", err)
	}
	return out, nil
}
