package cost

import (
	"testing"
	"time"
)

func BenchmarkInvocation(b *testing.B) {
	in := InvocationInput{
		Region: "us-east-1", Arch: ARM, MemoryMB: 2048, EphemeralMB: 512,
		Billed: 1924 * time.Millisecond, Duration: milli(713.2), Init: milli(1210.3),
	}
	b.ReportAllocs()
	for b.Loop() {
		p, err := Invocation(in)
		if err != nil {
			b.Fatal(err)
		}
		if f, ok := p.Total.Float64(); !ok || f == 0 {
			b.Fatal(f)
		}
	}
}

func BenchmarkMonthOf10000Functions(b *testing.B) {
	usage := make([]Usage, 10_000)
	regions := Regions()
	for i := range usage {
		usage[i] = Usage{
			Region: regions[i%len(regions)], Arch: X86,
			Requests: int64(i), Compute: MemoryTime(i) * GBSecond, Init: MemoryTime(i),
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Month(usage, true); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUSDString(b *testing.B) {
	u := dollars(b, "0.0000513069232")
	b.ReportAllocs()
	for b.Loop() {
		_ = u.String()
	}
}

func BenchmarkLoadTables(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := loadBook(files.ReadFile); err != nil {
			b.Fatal(err)
		}
	}
}
