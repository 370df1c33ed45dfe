package store

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// SceneQuery narrows the list of codes. Zero values mean "all".
type SceneQuery struct {
	ID     string
	Kind   string
	Search string // part of the name
	Ended  bool   // closed and expired ones too
	Last   bool   // doctors count where they scanned last; else where they scanned first
	Done   string // portrait field that says that the first visit is done
	Page   int    // from 1
	Size   int    // rows per page, 1 to 200
}

// SceneRow is one code with what came of it. Every figure is counted from rows.
type SceneRow struct {
	Scene
	Scans     int64 // times scanned
	People    int64 // doctors who scanned it
	New       int64 // of these, who began to follow by it
	Doctors   int64 // doctors whom the code counts for, by first or last touch; all of them followed
	Consented int64 // of these, who agree to the base purpose now
	Visited   int64 // of these, whose first visit is done
	Leads     int64 // of these, of whom a lead came after the scan
}

// ScenePage is one page of the list of codes, newest first.
type ScenePage struct {
	Rows  []SceneRow
	Total int64
	Page  int
	Pages int
	Stray int64 // scans of codes that nobody here knows
}

// ScenePage reads one page of codes with their figures. A page beyond the end gives the last one.
func (s *Store) ScenePage(ctx context.Context, q SceneQuery) (ScenePage, error) {
	size := min(max(q.Size, 1), 200)
	var out ScenePage
	if err := s.sceneFilter(ctx, q).Model(&Scene{}).Count(&out.Total).Error; err != nil {
		return out, fmt.Errorf("counting codes: %w", err)
	}
	out.Pages = max(1, int((out.Total+int64(size)-1)/int64(size)))
	out.Page = min(max(q.Page, 1), out.Pages)
	var scenes []Scene
	err := s.sceneFilter(ctx, q).Order("created_at DESC").Order("name").Order("id").Offset((out.Page - 1) * size).Limit(size).Find(&scenes).Error
	if err != nil {
		return out, fmt.Errorf("reading codes: %w", err)
	}
	if out.Rows, err = s.sceneFigures(ctx, scenes, q); err != nil {
		return out, err
	}
	known := s.read(ctx).Model(&Scene{}).Select("1").Where("scenes.id = scans.scene AND scenes.account = scans.account")
	if err := s.read(ctx).Model(&Scan{}).Where("account = ? AND NOT EXISTS (?)", s.Account(), known).Count(&out.Stray).Error; err != nil {
		return out, fmt.Errorf("counting scans of unknown codes: %w", err)
	}
	return out, nil
}

func (s *Store) sceneFilter(ctx context.Context, q SceneQuery) *gorm.DB {
	db := s.read(ctx).Where(map[string]any{"account": s.Account()})
	if q.ID != "" {
		db = db.Where(map[string]any{"id": q.ID})
	}
	if q.Kind != "" {
		db = db.Where(map[string]any{"kind": q.Kind})
	}
	db = db.Where("kind <> ?", SceneReferral) // cards of doctors have a page of their own
	if text := strings.TrimSpace(q.Search); text != "" {
		db = db.Where("name LIKE ? ESCAPE '!'", "%"+escapeLike(text)+"%")
	}
	if !q.Ended {
		db = db.Where("closed_at = 0 AND (valid_until = 0 OR valid_until > ?)", s.Now())
	}
	return db
}

// Which scans make a code count for a doctor.
const (
	firstTouch = "t.first_touch"
	lastTouch  = "t.scene = (SELECT u.scene FROM scans u WHERE u.conversation = t.conversation ORDER BY u.seq DESC LIMIT 1)"
)

// funnelQuery counts, for each code, the doctors whom it counts for and how far they came. A consent counts when the newest decision is a yes.
const funnelQuery = `
SELECT x.scene AS id, COUNT(*) AS doctors, SUM(x.consented) AS consented, SUM(x.visited) AS visited, SUM(x.led) AS leads FROM (
  SELECT g.scene,
    EXISTS (SELECT 1 FROM consents c WHERE c.conversation = g.conversation AND c.purpose = @base AND c.granted AND NOT EXISTS (
      SELECT 1 FROM consents n WHERE n.conversation = c.conversation AND n.purpose = c.purpose AND n.seq > c.seq)) AS consented,
    EXISTS (SELECT 1 FROM portrait p WHERE p.doctor = g.conversation AND p.field = @done AND p.value <> 'null') AS visited,
    EXISTS (SELECT 1 FROM leads l WHERE l.doctor = g.conversation AND l.created_at >= g.at) AS led
  FROM (SELECT t.scene, t.conversation, MIN(t.at) AS at FROM scans t
    WHERE t.account = @account AND t.scene IN @ids AND %s GROUP BY t.scene, t.conversation) g
) x GROUP BY x.scene`

// sceneFigures puts the figures to the codes.
func (s *Store) sceneFigures(ctx context.Context, scenes []Scene, q SceneQuery) ([]SceneRow, error) {
	if len(scenes) == 0 {
		return nil, nil
	}
	ids := make([]string, len(scenes))
	rows := make([]SceneRow, len(scenes))
	at := make(map[string]*SceneRow, len(scenes))
	for i, sc := range scenes {
		ids[i], rows[i] = sc.ID, SceneRow{Scene: sc}
		at[sc.ID] = &rows[i]
	}
	var scans, funnel []struct {
		ID                                                     string
		Scans, People, New, Doctors, Consented, Visited, Leads int64
	}
	err := s.read(ctx).Model(&Scan{}).Where(map[string]any{"account": s.Account(), "scene": ids}).Group("scene").
		Select("scene AS id, COUNT(*) AS scans, COUNT(DISTINCT conversation) AS people, COUNT(DISTINCT CASE WHEN followed THEN conversation END) AS new").
		Find(&scans).Error
	if err != nil {
		return nil, fmt.Errorf("counting scans: %w", err)
	}
	touch := firstTouch
	if q.Last {
		touch = lastTouch
	}
	names := map[string]any{"ids": ids, "account": s.Account(), "base": PurposeBase, "done": q.Done}
	if err := s.read(ctx).Raw(fmt.Sprintf(funnelQuery, touch), names).Scan(&funnel).Error; err != nil {
		return nil, fmt.Errorf("counting what came of scans: %w", err)
	}
	for _, n := range scans {
		r := at[n.ID]
		r.Scans, r.People, r.New = n.Scans, n.People, n.New
	}
	for _, n := range funnel {
		r := at[n.ID]
		r.Doctors, r.Consented, r.Visited, r.Leads = n.Doctors, n.Consented, n.Visited, n.Leads
	}
	return rows, nil
}
