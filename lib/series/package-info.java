//DEPS org.snakeyaml:snakeyaml-engine:3.0.1

/**
 * Results side by side, a series: what is said of each in its commit, which ones may be compared and what changed, whether that is
 * within a budget, the index of all, and which ones a long series can do without. A room of its own beside {@code history}:
 * that one knows git and the names of files, and nothing of what a profile says; this one reads and counts, and knows no git.
 */
//FILES lib/series/index.css=index.css
//FILES lib/series/index.html=index.html
//FILES lib/series/index.js=index.js
package lib.series;
