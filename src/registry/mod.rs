//! Takes a folder of model files and gives models by their ids: the active one, and those that gave
//! earlier verdicts.
//!
//! The folder holds `<id>.safetensors` for each model and `active`, the ids that were activated,
//! the last line being the active one. Activating appends a line, rolling back removes it; both
//! replace the file whole, so that a reader sees the old state or the new one.
//!
//! Invariants:
//! - a model is read once and stays in memory as long as the process runs: verdicts point at it;
//! - a file that cannot be loaded changes nothing: the active model stays active, and the file is not
//!   read again until it was changed.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use arc_swap::ArcSwap;

use crate::atomic_file::{Readers, replace};
use crate::classifier::Classifier;
use crate::model_file::{LoadError, Metadata, load};

/// A model in memory.
#[derive(Debug)]
pub struct Model {
    /// Its short id.
    pub id: String,
    /// The classifier.
    pub classifier: Classifier<'static>,
    /// What the file says of it.
    pub metadata: Metadata,
}

/// Why a model cannot be activated.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RegistryError {
    /// The file is no model for this program.
    #[error("could not load `{path}`")]
    Load {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: Arc<LoadError>,
    },
    /// The file is of another model than its name says.
    #[error("expected the model `{expected}` in `{path}`, found `{found}`")]
    Name {
        /// The file.
        path: String,
        /// The id in its name.
        expected: String,
        /// The id of the model.
        found: String,
    },
    /// The folder or a file in it.
    #[error("could not use `{path}`")]
    Io {
        /// Which one.
        path: String,
        /// Why.
        #[source]
        source: Arc<std::io::Error>,
    },
    /// There is nothing to go back to.
    #[error(
        "expected an activated model to roll back from, found none: the model that ships is active"
    )]
    Nothing,
}

/// What became of looking which model is to be active.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refreshed {
    /// The same as before.
    Same,
    /// Another one, which is active now.
    Changed,
    /// Another one, which is not made active: a fixed model is.
    Ignored,
}

/// The models of an installation.
#[derive(Debug)]
pub struct Models {
    folder: PathBuf,
    active: ArcSwap<Model>,
    /// Where the active model is fixed, the id that was activated last, in vain.
    ignored: Option<Mutex<String>>,
    all: RwLock<HashMap<String, Arc<Model>>>,
    /// Files that cannot be loaded, by the ids in their names. Locked while a file is read, so that
    /// each is read once.
    refused: Mutex<HashMap<String, Refused>>,
}

/// A file that cannot be loaded.
#[derive(Debug)]
struct Refused {
    /// What the folder said of it.
    file: fs::Metadata,
    error: RegistryError,
}

/// Whether a file has not been written since, by its time and its length.
fn is_unchanged(before: &fs::Metadata, now: &fs::Metadata) -> bool {
    before.len() == now.len() && before.modified().ok() == now.modified().ok()
}

/// Reads a model for good: what it takes is never given back, so it is only taken for one that loads
/// and is the model of its name.
fn read_for_good(id: &str, path: &Path, bytes: Vec<u8>) -> Result<Model, RegistryError> {
    let path = || path.display().to_string();
    let failed = |source| RegistryError::Load {
        path: path(),
        source: Arc::new(source),
    };
    let loaded = load(&bytes).map_err(failed)?;
    let found = loaded.metadata.id().to_owned();
    if found != id {
        return Err(RegistryError::Name {
            path: path(),
            expected: id.to_owned(),
            found,
        });
    }
    of_static(Vec::leak(bytes)).map_err(failed)
}

fn of_static(bytes: &'static [u8]) -> Result<Model, LoadError> {
    let loaded = load(bytes)?;
    Ok(Model {
        id: loaded.metadata.id().to_owned(),
        classifier: loaded.classifier,
        metadata: loaded.metadata,
    })
}

impl Models {
    /// Opens a folder, which is made if it is not there. `shipped` is the model that is active
    /// until another one is activated.
    ///
    /// # Errors
    /// The folder cannot be used, or the active model cannot be read.
    pub fn open(folder: &Path, shipped: &'static [u8]) -> Result<Self, RegistryError> {
        let models = Self::with(folder, "the default model", shipped)?;
        models.refresh()?;
        Ok(models)
    }

    /// Opens a folder for the models of earlier verdicts; `model`, which `file` holds, is active whatever
    /// is activated.
    ///
    /// # Errors
    /// The folder cannot be used, or the model cannot be read.
    pub fn fixed(folder: &Path, file: &Path, model: &'static [u8]) -> Result<Self, RegistryError> {
        let mut models = Self::with(folder, &file.display().to_string(), model)?;
        models.ignored = Some(Mutex::new(wanted(folder)?));
        Ok(models)
    }

    fn with(folder: &Path, name: &str, shipped: &'static [u8]) -> Result<Self, RegistryError> {
        fs::create_dir_all(folder).map_err(|source| io(folder, source))?;
        let shipped = of_static(shipped).map_err(|source| RegistryError::Load {
            path: name.to_owned(),
            source: Arc::new(source),
        })?;
        let shipped = Arc::new(shipped);
        let models = Self {
            folder: folder.to_owned(),
            active: ArcSwap::new(Arc::clone(&shipped)),
            ignored: None,
            all: RwLock::new(HashMap::from([(String::new(), Arc::clone(&shipped))])),
            refused: Mutex::default(),
        };
        models.keep(shipped);
        Ok(models)
    }

    /// The active model.
    pub fn active(&self) -> Arc<Model> {
        self.active.load_full()
    }

    /// A model by its id, if it is in memory.
    pub fn in_memory(&self, id: &str) -> Option<Arc<Model>> {
        let known = self.all.read().unwrap_or_else(PoisonError::into_inner);
        known.get(id).cloned()
    }

    /// A model by its id, read from the folder if it is not in memory; blocks.
    pub fn by_id(&self, id: &str) -> Option<Arc<Model>> {
        self.get(id).ok()
    }

    /// Looks which model is to be active, and makes it so; blocks.
    ///
    /// # Errors
    /// It cannot be read; then nothing changes.
    pub fn refresh(&self) -> Result<Refreshed, RegistryError> {
        let wanted = wanted(&self.folder)?;
        if let Some(ignored) = &self.ignored {
            let mut ignored = ignored.lock().unwrap_or_else(PoisonError::into_inner);
            if *ignored == wanted {
                return Ok(Refreshed::Same);
            }
            *ignored = wanted;
            return Ok(Refreshed::Ignored);
        }
        let model = self.get(&wanted)?;
        if model.id == self.active.load().id {
            return Ok(Refreshed::Same);
        }
        self.active.store(model);
        Ok(Refreshed::Changed)
    }

    fn get(&self, id: &str) -> Result<Arc<Model>, RegistryError> {
        if let Some(model) = self.in_memory(id) {
            return Ok(model);
        }
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        // Another one may have read it meanwhile.
        if let Some(model) = self.in_memory(id) {
            return Ok(model);
        }
        let path = self.folder.join(format!("{id}.safetensors"));
        let is_plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_plain {
            return Err(io(&path, std::io::ErrorKind::InvalidInput.into()));
        }
        let file = fs::metadata(&path).map_err(|source| io(&path, source))?;
        if let Some(refused) = refused.get(id)
            && is_unchanged(&refused.file, &file)
        {
            return Err(refused.error.clone());
        }
        let bytes = fs::read(&path).map_err(|source| io(&path, source))?;
        match read_for_good(id, &path, bytes) {
            Ok(model) => {
                let model = Arc::new(model);
                self.keep(Arc::clone(&model));
                Ok(model)
            }
            Err(error) => {
                let again = error.clone();
                refused.insert(id.to_owned(), Refused { file, error });
                Err(again)
            }
        }
    }

    fn keep(&self, model: Arc<Model>) {
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(model.id.clone(), model);
    }
}

/// Copies a model file into the folder and makes it active. Gives its id.
///
/// # Errors
/// The file is no model for this program, or the folder cannot be written.
pub fn activate(folder: &Path, file: &Path) -> Result<String, RegistryError> {
    fs::create_dir_all(folder).map_err(|source| io(folder, source))?;
    let bytes = fs::read(file).map_err(|source| io(file, source))?;
    let loaded = load(&bytes).map_err(|source| RegistryError::Load {
        path: file.display().to_string(),
        source: Arc::new(source),
    })?;
    let id = loaded.metadata.id().to_owned();
    write(&folder.join(format!("{id}.safetensors")), &bytes)?;
    let mut history = history(folder)?;
    if history.last() != Some(&id) {
        history.push(id.clone());
        write(&folder.join("active"), history.join("\n").as_bytes())?;
    }
    Ok(id)
}

/// Makes the model before the active one active again. Gives its id, or `None` for the model that
/// ships.
///
/// # Errors
/// The model that ships is active, or the folder cannot be written.
pub fn roll_back(folder: &Path) -> Result<Option<String>, RegistryError> {
    let mut history = history(folder)?;
    history.pop().ok_or(RegistryError::Nothing)?;
    write(&folder.join("active"), history.join("\n").as_bytes())?;
    Ok(history.pop())
}

/// The id that is to be active; empty for the model that ships.
fn wanted(folder: &Path) -> Result<String, RegistryError> {
    Ok(history(folder)?.pop().unwrap_or_default())
}

/// The ids that were activated, the active one last.
fn history(folder: &Path) -> Result<Vec<String>, RegistryError> {
    let path = folder.join("active");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text.lines().map(str::to_owned).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(io(&path, source)),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), RegistryError> {
    replace(path, bytes, Readers::Default).map_err(|source| io(path, source))
}

fn io(path: &Path, source: std::io::Error) -> RegistryError {
    RegistryError::Io {
        path: path.display().to_string(),
        source: Arc::new(source),
    }
}
