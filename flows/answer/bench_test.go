package answer

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// inside reports how many times a run fits into its ceiling.
func inside(b *testing.B, ceiling time.Duration) {
	b.ReportMetric(float64(ceiling)*float64(b.N)/float64(b.Elapsed()), "times-inside-"+ceiling.String())
}

// ceilings of one reading: of an answer, and among tens of thousands of entries.
const (
	ceiling       = 20 * time.Microsecond
	lookupCeiling = 2 * time.Millisecond
)

// A reading of one choice may take 20 µs.
func BenchmarkOne(b *testing.B) {
	c := departments()
	texts := []string{"1", "1，不对，2", "不是心内，是肾内", "心内和骨科", "心内科👍谢谢", "谢谢您，心内科👍", "心内科", "我在心内科上班", "主任医师。", "不知道", "我们科室目前主要做糖尿病相关的临床研究"}
	for _, s := range texts {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.One(s, true)
			}
			inside(b, ceiling)
		})
	}
}

func BenchmarkMany(b *testing.B) {
	c := interests()
	for b.Loop() {
		c.Many("1、3和会议", 1, 3)
	}
	inside(b, ceiling)
}

func BenchmarkYesNo(b *testing.B) {
	for b.Loop() {
		shared.YesNo("好的，可以", [2]string{"用过", "没用过"})
	}
	inside(b, ceiling)
}

func BenchmarkDateTime(b *testing.B) {
	for b.Loop() {
		shared.DateTime("下周三下午三点半", wednesday, DateOptions{Future: true, Hours: [2]string{"08:00", "18:00"}})
	}
	inside(b, ceiling)
}

// manyHospitals makes n names as they are found in lists, from a fixed seed.
func manyHospitals(n int) []Entry {
	rnd := rand.New(rand.NewPCG(1, 2))
	places := []rune("京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤琼川黔滇陕甘青台蒙桂藏宁新港澳安阳平长春江海山河湖林石青白云龙凤金银铜铁华东南西北中")
	kinds := []string{"市人民医院", "市中心医院", "市第一人民医院", "市第二人民医院", "县人民医院", "市中医院", "市妇幼保健院", "医科大学附属第一医院", "医科大学附属第二医院", "市第三医院", "区中心医院", "省人民医院", "市肿瘤医院", "市胸科医院"}
	out := make([]Entry, n)
	for i := range out {
		p := string([]rune{places[rnd.IntN(len(places))], places[rnd.IntN(len(places))], places[rnd.IntN(len(places))]})
		label := p + kinds[rnd.IntN(len(kinds))]
		out[i] = Entry{ID: fmt.Sprintf("h%d", i), Label: label, Aka: []string{p + "医院"}}
	}
	return out
}

// A look-up among 40,000 may take 2 ms.
func BenchmarkFind(b *testing.B) {
	entries := manyHospitals(40000)
	ix := shared.NewIndex(entries)
	for _, s := range []string{entries[20000].Label, entries[7].Aka[0], "人民医院", "市第一人民医院", "附属第一医院", "我在" + entries[99].Label + "心内科上班", "没有这样的医院名字", "医科大学附属医院", "北京协合医院", "京津", "湖北省人民医院东院区"} {
		b.Run(s, func(b *testing.B) {
			for b.Loop() {
				ix.Find(s, 5)
			}
			inside(b, lookupCeiling)
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(); err != nil {
			b.Fatal(err)
		}
	}
}
